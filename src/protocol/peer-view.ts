/** The peer engine, as this engine sees it. */
export interface PeerView {
  readonly instanceId: string;
  /** Null if no process holds its lock. */
  readonly pid: number | null;
  /** Whether it answered the last check. */
  readonly alive: boolean;
  /** ISO 8601; null if it has never answered. */
  readonly lastSeen: string | null;
}
