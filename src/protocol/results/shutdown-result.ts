/** A program that a shutdown could not stop. */
export interface StopFailure {
  readonly id: string;
  readonly pid: number;
  readonly reason: string;
}

/** A process of an instance that runs although its program does not. */
export interface SurvivingProcess {
  readonly id: string;
  readonly pid: number;
}

/** The outcome of a shutdown, by program id: what was found afterwards, not what was requested. */
export interface ShutdownResult {
  /** Programs that were running before and are not running now. */
  readonly stopped: readonly string[];
  /** Those of them that had to be killed. */
  readonly forced: readonly string[];
  /** Programs that are running: left to the next engine, or impossible to stop. */
  readonly kept: readonly string[];
  /** Programs that could not be stopped. */
  readonly failed?: readonly StopFailure[];
  /** Number of processes without a known run that were terminated, such as daemons of an earlier engine. */
  readonly escapedEnded?: number;
  /** Processes of the instance that still run and belong to no program in `failed`. */
  readonly survivors?: readonly SurvivingProcess[];
  readonly tookMs: number;
}

/** The result of `restartMonitor`. */
export interface RestartMonitorResult {
  /** The pid of the engine that shuts down. */
  readonly pid: number;
  /** Programs that keep running. */
  readonly kept: readonly string[];
}
