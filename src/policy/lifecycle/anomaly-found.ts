import { type Action, type Decision, tell } from './actions.ts';
import { after, type Circumstances, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import type { Program } from './state.ts';
import { heal } from './stopping.ts';
import { restraintNow, tellWithheld } from './withholding.ts';

/** Tells what a detector found and does what the program's definition asks for: nothing, a restart, or SIGKILL first. */
export function anomalyFound(program: Program, fact: FactOf<'anomalyFound'>, circumstances: Circumstances): Decision {
  const { state } = program;
  // A frozen program is its operator's business, and one that is ending will be gone soon.
  if (state.name !== 'starting' && state.name !== 'running') return ignore(program);
  const { anomaly, evidence, action } = fact;
  const fault = `its ${evidence.sentence}`;
  const restraint = action === 'log' ? null : restraintNow(program, circumstances);
  const done = restraint === null ? action : 'observe';
  const told: Action = tell(anomaly, evidence.sentence, state.run.pid, { ...evidence.figures, action: done });
  if (done === 'log') return { program, actions: [told] };
  if (restraint !== null) return { program, actions: [told, ...tellWithheld(restraint, fault, state.run.pid)] };
  const goal = { kind: 'heal', fault, cause: 'anomaly' } as const;
  return after([told], heal(program, state, fault, goal, action === 'restart'));
}
