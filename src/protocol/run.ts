/** Names one run of a program: an execution, from spawn to exit. */
export interface RunRef {
  readonly id: string;
  /** Increases by one with each start of the program. */
  readonly run: number;
}

/** How a process exited. Either `code` or `signal` is set; both are null if the exit status is unknown. */
export interface ExitStatus {
  readonly code: number | null;
  readonly signal: string | null;
  readonly coreDumped: boolean;
}

/** The status of a process that exited unobserved. */
export const UNKNOWN_EXIT: ExitStatus = { code: null, signal: null, coreDumped: false };

/** Returns a key for a run in maps. */
export function runKey({ id, run }: RunRef): string {
  return `${id}.${String(run)}`;
}
