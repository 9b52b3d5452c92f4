/** The outcome of a shutdown, by program id. */
export interface ShutdownResult {
  readonly stopped: readonly string[];
  readonly forced: readonly string[];
  /** Programs left running for the next engine. */
  readonly kept: readonly string[];
  readonly tookMs: number;
}

/** The result of `restartMonitor`. */
export interface RestartMonitorResult {
  /** The pid of the engine that shuts down. */
  readonly pid: number;
  /** Programs that keep running. */
  readonly kept: readonly string[];
}
