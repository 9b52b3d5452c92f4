import { type Decision, tell } from './actions.ts';
import { ignore } from './decide.ts';
import type { Program } from './state.ts';

/** Tells a running program to read its configuration again. */
export function reloadAsked(program: Program): Decision {
  const { state, spec } = program;
  if (state.name !== 'running') return ignore(program);
  const { run } = state;
  const { signal } = spec.reload;
  return {
    program,
    actions: [{ kind: 'signalMain', run, signal }, tell('reloaded', `sent ${signal} as the operator asked`, run.pid)],
  };
}
