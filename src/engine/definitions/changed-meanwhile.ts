import { type Program, runOf, type StopGoal } from '../../policy/lifecycle/state.ts';
import { newProgram } from '../core/managed-program.ts';

/**
 * Disables a program that was disabled while no engine ran. It keeps its counters and its last exit; a run that is still
 * alive is stopped as for any other disabled program.
 */
export function asDisabled(program: Program): Program {
  if (program.state.name === 'disabled') return program;
  const { why } = newProgram(program.spec);
  return { ...withoutRun(program, 'disabled', { kind: 'disable' }), why };
}

/** Returns a program that was enabled while no engine ran as stopped, or as being restarted if its disable was in progress. */
export function withoutDisable(program: Program, enabled: ReadonlySet<string>): Program {
  const { state, spec } = program;
  if (!enabled.has(spec.id)) return program;
  if (state.name === 'disabled') return { ...program, state: { name: 'stopped' } };
  if (state.name !== 'stopping' || state.goal.kind !== 'disable') return program;
  return { ...program, state: { ...state, goal: { kind: 'restart', cause: 'operator' } } };
}

/** Returns the program as if it was being stopped, so that the exit of its run leads to no restart. */
export function withoutRun(program: Program, name: 'disabled' | 'stopped', goal: StopGoal): Program {
  const { state } = program;
  const run = runOf(state);
  if (run === null) return { ...program, state: { name } };
  const exit = state.name === 'stopping' ? state.exit : null;
  return { ...program, state: { name: 'stopping', run, goal, stage: 'graceful', exit } };
}
