import { describeMissing } from './dependencies.ts';
import { type Decision, emit } from './actions.ts';
import { type Circumstances, enter, ignore } from './decide.ts';
import { launch } from './launching.ts';
import type { Program } from './state.ts';
import { suppressionOnStart, suppressStart } from './suppressing.ts';

/** Starts a waiting program once its dependencies are met; reports what it still waits for otherwise. */
export function dependencyChanged(program: Program, circumstances: Circumstances): Decision {
  const { state } = program;
  if (state.name !== 'waiting' || state.for === 'display') return ignore(program);
  const { missing } = circumstances;
  if (missing.length === 0) {
    const suppression = suppressionOnStart(program, state.cause, circumstances);
    if (suppression !== null) return suppressStart(program, suppression);
    const others = program.spec.dependsOn.map(({ id }) => id);
    const why = others.length === 0 ? state.reason : `${state.reason}, after waiting for ${others.join(', ')}`;
    return launch(program, state.cause, why, circumstances);
  }
  const why = describeMissing(missing);
  return why === program.why ? ignore(program) : enter(program, state, why, emit('waiting', why));
}
