import type { LifecycleState, StopGoal } from './state.ts';

/**
 * Returns whether a program is supposed to run: the operator has not stopped or disabled it, and it has not completed its
 * work. A program that failed, or waits for its next start, is wanted.
 */
export function isWanted(state: LifecycleState): boolean {
  switch (state.name) {
    case 'disabled':
    case 'stopped':
    case 'exited':
      return false;
    case 'stopping':
      return returns(state.goal);
    case 'waiting':
    case 'launching':
    case 'starting':
    case 'running':
    case 'paused':
    case 'backoff':
    case 'cooldown':
    case 'failed':
      return true;
  }
}

function returns({ kind }: StopGoal): boolean {
  return kind !== 'stop' && kind !== 'disable' && kind !== 'remove';
}
