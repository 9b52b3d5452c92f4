import type { ShutdownOnce } from './shutdown-once.ts';

const EVERYTHING = { keep: false, timeoutMs: null } as const;
const AT_ONCE = { keep: false, timeoutMs: 0 } as const;
/** A terminal and a wrapper such as npm may both pass on one Ctrl-C. */
const SAME_KEY_MS = 300;

/** Shuts down on SIGTERM and SIGINT. A second SIGINT, as from pressing Ctrl-C twice, kills what is still running. */
export function shutDownOnSignals(shutdown: Pick<ShutdownOnce, 'shutdown' | 'hasBegun'>, now: () => number): void {
  let interruptedAt = -Infinity;
  process.on('SIGTERM', () => void shutdown.shutdown(EVERYTHING));
  process.on('SIGINT', () => {
    const isSecond = shutdown.hasBegun && now() - interruptedAt > SAME_KEY_MS;
    interruptedAt = now();
    void shutdown.shutdown(isSecond ? AT_ONCE : EVERYTHING);
  });
}
