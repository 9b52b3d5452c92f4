import { constants } from 'node:os';
import type { Libc } from '../../base/libc.ts';

/** From signal.h; identical on every Linux. */
const SIG_IGN = 1;

/** The terminal that the engine was started from. */
export interface OwnTerminal {
  /** Calls the listener when the kernel reports that the terminal is gone. */
  onHangUp(listener: () => void): void;
}

/**
 * Keeps the engine running when its terminal is closed, when Ctrl-Z is pressed, and when it writes from the background to a
 * terminal with `stty tostop`. A write to standard output or standard error that fails does not end it either.
 */
export function outliveTerminal(libc: Libc | null): OwnTerminal {
  const listeners: (() => void)[] = [];
  process.on('SIGHUP', () => {
    for (const listener of listeners) listener();
  });
  process.on('SIGTSTP', () => undefined);
  // Ignored rather than handled: the kernel repeats a handled one for as long as the write is retried.
  for (const name of ['SIGTTOU', 'SIGTTIN'] as const) libc?.call('signal', constants.signals[name], SIG_IGN);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return { onHangUp: (listener) => void listeners.push(listener) };
}
