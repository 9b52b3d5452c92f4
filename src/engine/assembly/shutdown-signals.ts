import type { Environment } from '../../base/environment.ts';
import type { ShutdownOnce } from './shutdown-once.ts';

const EVERYTHING = { keep: false, timeoutMs: null } as const;
const AT_ONCE = { keep: false, timeoutMs: 0 } as const;
/** A terminal and a wrapper such as npm may both pass on one Ctrl-C. */
const SAME_KEY_MS = 300;

/** Ctrl-\, the signal that some containers stop with, and the signal by which LXC stops a container. */
const ALSO_SHUT_DOWN = ['SIGQUIT', 'SIGPWR'] as const;
/**
 * By default they end a process, after which nothing would guard the programs. They are sent by mistake, for example by a
 * configuration that was written for another daemon.
 */
const IGNORED = ['SIGUSR2', 'SIGALRM', 'SIGVTALRM', 'SIGPROF', 'SIGIO', 'SIGSTKFLT'] as const;

/**
 * Shuts down on SIGTERM, SIGINT and others that mean the same. A second SIGINT, as from pressing Ctrl-C twice, kills what is
 * still running. Signals that mean nothing to the engine do not end it.
 */
export function shutDownOnSignals(shutdown: Pick<ShutdownOnce, 'shutdown' | 'hasBegun'>, now: () => number): void {
  let interruptedAt = -Infinity;
  for (const signal of [...IGNORED, ...debuggerSignal(process.env)]) process.on(signal, () => undefined);
  for (const signal of ['SIGTERM', ...ALSO_SHUT_DOWN] as const) {
    process.on(signal, () => void shutdown.shutdown(EVERYTHING));
  }
  process.on('SIGINT', () => {
    const isSecond = shutdown.hasBegun && now() - interruptedAt > SAME_KEY_MS;
    interruptedAt = now();
    void shutdown.shutdown(isSecond ? AT_ONCE : EVERYTHING);
  });
}

/**
 * SIGUSR1 makes Node listen for a debugger, and every user of the machine could then run code as the user of the engine. It
 * does so only for an engine that was started with options for the debugger.
 */
function debuggerSignal({ NODE_OPTIONS = '' }: Environment): readonly NodeJS.Signals[] {
  return NODE_OPTIONS.includes('--inspect') ? [] : ['SIGUSR1'];
}
