import type { FleetLoss } from '../fleet-loss.ts';
import type { Missing } from './dependencies.ts';
import type { Suppression } from '../healing.ts';
import type { Moment } from '../moment.ts';
import type { Shortage } from '../shortage.ts';
import type { Action, Decision } from './actions.ts';
import { type LifecycleState, type Program, runOf } from './state.ts';

/** What a decision depends on besides the program and the fact. `chance` is random in [0, 1). */
export interface Circumstances {
  readonly now: Moment;
  readonly chance: number;
  /** Dependencies of the program that are not met yet. */
  readonly missing: readonly Missing[];
  /** Set while the engine itself has no room for another process. */
  readonly shortage?: Shortage | null;
  /** Set while the program may not run because its host has no connection to its fleet. */
  readonly fleetLoss?: FleetLoss | null;
  /** Why healing is suppressed for every program; the program's definition may suppress it too. */
  readonly suppression: Suppression | null;
}

/** Returns the decision for a fact that changes nothing: a late one, or one that is irrelevant in this state. */
export function ignore(program: Program): Decision {
  return { program, actions: [] };
}

/** Returns the decision to enter a state. Health belongs to a run: without a run it is unknown. */
export function enter(program: Program, state: LifecycleState, why: string, ...actions: Action[]): Decision {
  const health = runOf(state) === null ? 'unknown' : program.health;
  return { program: { ...program, state, health, why }, actions };
}

/** Returns a decision with actions that are performed before its own. */
export function after(actions: readonly Action[], decision: Decision): Decision {
  return { program: decision.program, actions: [...actions, ...decision.actions] };
}
