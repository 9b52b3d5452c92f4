/** The other engine of a pair that watches each other, as this one sees it. */
export interface PeerView {
  readonly instanceId: string;
  /** Null when no process holds its lock. */
  readonly pid: number | null;
  /** Whether it answered when it was last looked at. */
  readonly alive: boolean;
  /** ISO 8601; null when it was never well. */
  readonly lastSeen: string | null;
}
