/** Shortest pause after a batch. A hundred lines cost hardly more than one. The first line after a silence does not wait. */
const GATHER_MS = 2;
/** A pipe of 64 KiB is not full after that, unless its writer fills it at 2.6 MB/s: then it is found half full, and enlarged. */
const MOST_GATHER_MS = 25;
/** Several times as long as moving a batch of one pipe takes. */
const MS_PER_PIPE = 0.25;

/**
 * Returns how long to wait after a turn in which no pipe was nearly full, so that more output accumulates in all of them.
 * @param pipes the number of pipes that may contain output
 */
export function gatherMs(pipes: number): number {
  return Math.min(MOST_GATHER_MS, Math.max(GATHER_MS, Math.round(pipes * MS_PER_PIPE)));
}

/** How often to retry writes and poll processes. */
export const TICK_MS = 1_000;
/** Gaps kept for the next engine; the logs of the programs state further ones. */
export const MAX_GAPS = 1_000;
/** How soon to resend reports that did not fit into the pipe. */
export const FLUSH_MS = 5;
/** How long listening sockets are held without an engine and without programs. */
export const LINGER_MS = 60_000;

/** Pause after a step that failed. */
export const FAILURE_MS = 100;
