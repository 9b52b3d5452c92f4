import type { SignalResult } from '../../protocol/results/signal-result.ts';

/** A process that a signal is sent to, as it was when the dialog opened. */
export interface SignalTarget {
  /** The id of its program. */
  readonly id: string;
  readonly pid: number;
  /** Null if it is unknown. */
  readonly startTicks: number | null;
  readonly command: string;
}

/** The signals of the dialog with what they usually do, in the order of their digits from 1 on. */
export const SIGNALS: readonly (readonly [name: string, effect: string])[] = [
  ['TERM', 'ask it to exit'],
  ['HUP', 'reload or exit'],
  ['INT', 'interrupt'],
  ['QUIT', 'quit with a core dump'],
  ['USR1', 'its own meaning'],
  ['USR2', 'its own meaning'],
  ['KILL', 'end it at once'],
  ['STOP', 'freeze it'],
  ['CONT', 'continue it'],
];

/** How many signals stand in a row of the dialog, and its rows with the heading. */
export const SIGNALS_A_ROW = 3;
export const SIGNAL_DIALOG_ROWS = 1 + Math.ceil(SIGNALS.length / SIGNALS_A_ROW);

/** Returns what was found after a signal, as a sentence. */
export function foundText({ id, pid, command, signal, handling, found, state }: SignalResult): string {
  const what = `sent ${signal} to ${command} (pid ${String(pid)})`;
  if (found === 'exited') return `${what}: it exited; ${id} is ${state}`;
  if (found === 'stopped') return `${what}: it is stopped until CONT`;
  if (handling === 'ignored' || handling === 'blocked') return `${what}: still running, the signal is ${handling}`;
  return `${what}: still running`;
}

/** Returns the equivalent CLI command. */
export function signalCommand({ id, pid }: SignalTarget, signal: string): string {
  return `healer signal ${id} ${signal} --pid ${String(pid)}`;
}
