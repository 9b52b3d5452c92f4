/** A resource that is not available now but may be soon, so that a start waits for it instead of failing. */
export interface Shortage {
  /** What is lacking, e.g. "file descriptors". */
  readonly resource: string;
  /** Why the program waits, e.g. "waiting for file descriptors: limit 256, raise LimitNOFILE". */
  readonly why: string;
  /** Only this program lacks it: other programs may be started meanwhile. */
  readonly isOfProgram?: boolean;
}

/** Time between two attempts to start a program that waits for a resource. */
const RETRY_MS = 1_000;

/** Returns when to try again. `chance` in [0, 1) spreads programs that wait for the same resource. */
export function retryDelay(chance: number): number {
  return Math.round(RETRY_MS * (0.75 + chance / 2));
}
