/** Identifies the engine. Either side closes the connection if the protocol versions differ. */
export interface HelloResult {
  readonly protocol: number;
  readonly version: string;
  readonly instance: string;
  readonly pid: number;
  /** The user of the engine, and its folders, so that a command meant for another engine can refuse. Missing before 0.2. */
  readonly user?: string;
  readonly home?: string;
  readonly stateDir?: string;
  /** Identifies the files that the engine was started from; null if they were not built. Missing before 0.2. */
  readonly build?: string | null;
}
