/**
 * Pause after a batch, so that more output accumulates. A hundred lines cost hardly more than one, so this halves CPU
 * usage under load. The first line after a silence does not wait.
 */
export const GATHER_MS = 2;
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
