import { type Program, runOf } from '../../policy/lifecycle/state.ts';
import type { Heir } from './heirs.ts';

/**
 * Returns a program that starts again, because the engine was killed while it stopped all programs. As after a complete
 * shutdown, the next engine starts what was stopped. A stop that is still going on continues first.
 */
export function startedAfterShutdown(heir: Heir): Heir {
  const { program } = heir;
  const { spec, state, runs } = program;
  if (state.name === 'stopping' && state.goal.kind === 'stop' && runOf(state) !== null) {
    const restarting: Program = { ...program, state: { ...state, goal: { kind: 'restart', cause: 'operator' } } };
    return { ...heir, program: restarting };
  }
  const wasStopped = state.name === 'stopped' && runs > 0;
  return wasStopped && spec.enabled && spec.autostart ? { ...heir, startsAgain: true } : heir;
}
