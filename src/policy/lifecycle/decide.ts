import type { Missing } from './dependencies.ts';
import type { Restraint } from '../healing.ts';
import type { Moment } from '../moment.ts';
import type { Action, Decision } from './actions.ts';
import { type LifecycleState, type Program, runOf } from './state.ts';

/** What a decision may depend on besides the program and the fact. `chance` is random in [0, 1). */
export interface Circumstances {
  readonly now: Moment;
  readonly chance: number;
  /** Programs that this one depends on and that are not there yet. */
  readonly missing: readonly Missing[];
  /** What keeps healing from acting, besides the program's own definition. */
  readonly restraint: Restraint | null;
}

/** The answer to facts that change nothing: late ones, and those a state has no use for. */
export function ignore(program: Program): Decision {
  return { program, actions: [] };
}

/** The decision that a program is in a state from now on. Health belongs to a run: without one it is unknown. */
export function enter(program: Program, state: LifecycleState, why: string, ...actions: Action[]): Decision {
  const health = runOf(state) === null ? 'unknown' : program.health;
  return { program: { ...program, state, health, why }, actions };
}

/** Puts actions in front of those of a decision: what was done before it. */
export function after(actions: readonly Action[], decision: Decision): Decision {
  return { program: decision.program, actions: [...actions, ...decision.actions] };
}
