/** A process that is ended when its parent is gone. */
export interface TrackedView {
  readonly pid: number;
  readonly name: string;
  readonly parentPid: number;
  readonly parentName: string;
  /** ISO 8601. */
  readonly trackedAt: string;
}

/** The answer to `trackStatus`. */
export interface TrackStatus {
  /** Whether this platform can do it. */
  readonly enabled: boolean;
  /** Whether tracked processes are looked after now: not where healing is held, or only observes. */
  readonly running: boolean;
  readonly trackedCount: number;
  /** Seconds. */
  readonly checkInterval: number;
  readonly tracked: readonly TrackedView[];
}
