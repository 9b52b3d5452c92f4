import type { Program } from './state.ts';

/**
 * Returns whether to search for a running process of the same name before a start (`adopt`). Only first starts do: at a
 * restart the program has just exited, and the search would delay it.
 */
export function mayAdoptDuplicate({ spec, state }: Program): boolean {
  if (spec.adopt !== 'by-name' || spec.shell || state.name !== 'launching') return false;
  return state.cause === 'boot' || state.cause === 'start';
}

/** Returns the note for a start at which several processes could have been adopted. */
export function describeSeveral(command: string, pids: readonly number[]): string {
  return `did not adopt a running "${command}" process because there are several (pids ${pids.join(', ')})`;
}
