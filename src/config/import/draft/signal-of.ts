import { constants } from 'node:os';

/** Returns the name of a signal, written as a number, as TERM or as SIGTERM; null if there is no such signal. */
export function signalOf(written: string): string | null {
  const byNumber = Object.entries(constants.signals).find(([, value]) => String(value) === written.trim())?.[0];
  const name = byNumber ?? `SIG${written.trim().toUpperCase().replace(/^SIG/, '')}`;
  return Object.hasOwn(constants.signals, name) ? name : null;
}
