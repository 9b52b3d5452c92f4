import type { Program } from './state.ts';

/**
 * Whether a running process of the same name is looked for before a start (SPEC section 3, `adopt`). Only at first
 * starts, with the engine or by hand: at a respawn the program has just ended, and the search would slow it down.
 */
export function mayAdoptDuplicate({ spec, state }: Program): boolean {
  if (spec.adopt !== 'by-name' || spec.shell || state.name !== 'launching') return false;
  return state.cause === 'boot' || state.cause === 'start';
}

/** What a start says when it was not clear which process is meant. */
export function describeSeveral(command: string, pids: readonly number[]): string {
  return `none of the running processes called "${command}" was taken over, since there are several (pids ${pids.join(', ')})`;
}
