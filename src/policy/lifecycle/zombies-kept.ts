import { type Decision, tell } from './actions.ts';
import { after, type Circumstances, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import { isUp, type Program } from './state.ts';
import { heal } from './stopping.ts';
import { restraintNow, tellWithheld } from './withholding.ts';

/** The program was asked to reap its dead children and did not: told, and where its definition says so it is restarted. */
export function zombiesKept(program: Program, fact: FactOf<'zombiesKept'>, circumstances: Circumstances): Decision {
  const { state, spec } = program;
  if (!isUp(state)) return ignore(program);
  const { pids, story } = fact;
  const figures = { count: pids.length, pids };
  if (spec.zombies === 'report') return { program, actions: [tell('zombies-found', story, state.run.pid, figures)] };
  const restraint = restraintNow(program, circumstances);
  const action = restraint === null ? 'restart' : 'observe';
  const told = tell('zombies-found', story, state.run.pid, { ...figures, action });
  const fault = `it leaves its dead children unreaped: ${story}`;
  if (restraint !== null) return { program, actions: [told, ...tellWithheld(restraint, fault, state.run.pid)] };
  return after([told], heal(program, state, fault, { kind: 'heal', fault, cause: 'anomaly' }));
}
