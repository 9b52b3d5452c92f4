import { describeMissing } from './dependencies.ts';
import { type Decision, tell } from './actions.ts';
import { type Circumstances, enter, ignore } from './decide.ts';
import { launch } from './launching.ts';
import type { Program } from './state.ts';
import { restraintOnStart, withholdStart } from './withholding.ts';

/** Something changed about a program that this one depends on, or about what it depends on. */
export function dependencyChanged(program: Program, circumstances: Circumstances): Decision {
  const { state } = program;
  if (state.name !== 'waiting') return ignore(program);
  const { missing } = circumstances;
  if (missing.length === 0) {
    const restraint = restraintOnStart(program, state.cause, circumstances);
    if (restraint !== null) return withholdStart(program, restraint);
    const others = program.spec.dependsOn.map(({ id }) => `"${id}"`);
    const why = others.length === 0 ? state.reason : `${state.reason}, after it had waited for ${others.join(', ')}`;
    return launch(program, state.cause, why, circumstances);
  }
  const why = describeMissing(missing);
  return why === program.why ? ignore(program) : enter(program, state, why, tell('waiting', why));
}
