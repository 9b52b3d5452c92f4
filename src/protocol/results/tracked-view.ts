/** A process that is terminated once its parent has exited. */
export interface TrackedView {
  readonly pid: number;
  readonly name: string;
  readonly parentPid: number;
  readonly parentName: string;
  /** ISO 8601. */
  readonly trackedAt: string;
}

/** The result of `trackStatus`. */
export interface TrackStatus {
  /** Whether the platform supports tracking, and the setting `tracking` is on. */
  readonly enabled: boolean;
  /** Whether tracking is active; false while healing is paused or in observe mode. */
  readonly running: boolean;
  readonly trackedCount: number;
  /** In seconds. */
  readonly checkInterval: number;
  readonly tracked: readonly TrackedView[];
}
