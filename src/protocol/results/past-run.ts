/** A run of a job that is over. */
export interface PastRun {
  /** ISO 8601. */
  readonly endedAt: string;
  /** Null for a run that could not be started. */
  readonly durationMs: number | null;
  /** The exit code; null if it was terminated by a signal, could not be started, or the code is unknown. */
  readonly code: number | null;
  readonly signal: string | null;
  /** Whether it exited successfully or as requested. */
  readonly ok: boolean;
  readonly reason: string;
}
