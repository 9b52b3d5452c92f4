import { type Decision, emit } from './actions.ts';
import { ignore } from './decide.ts';
import { beginOverlap } from './overlapping.ts';
import type { Program } from './state.ts';

/** Sends a running program its reload signal. */
export function reloadRequested(program: Program): Decision {
  const { state, spec } = program;
  if (state.name !== 'running') return ignore(program);
  if (spec.reload.strategy === 'overlap')
    return state.overlap === undefined ? beginOverlap(program, state) : ignore(program);
  const { run } = state;
  const { signal } = spec.reload;
  return {
    program,
    actions: [
      { kind: 'signalMain', run, signal },
      emit('reloaded', `reloaded by the operator; sent ${signal}`, run.pid),
    ],
  };
}
