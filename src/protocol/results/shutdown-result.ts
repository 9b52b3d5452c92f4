/** What became of the programs, by their ids, as the engine went down. */
export interface ShutdownResult {
  readonly stopped: readonly string[];
  readonly forced: readonly string[];
  /** Ids left running for the next engine. */
  readonly kept: readonly string[];
  readonly tookMs: number;
}

/** An engine that goes, and leaves its programs to the one that it starts in its place. */
export interface RestartMonitorResult {
  /** Of the one that goes. */
  readonly pid: number;
  /** Ids that run on. */
  readonly kept: readonly string[];
}
