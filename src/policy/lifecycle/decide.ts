import { type Restart, rememberRestart } from '../cooldown.ts';
import type { Moment } from '../moment.ts';
import type { RestartCounters } from '../restart.ts';
import type { Action, Decision } from './actions.ts';
import { type LifecycleState, type Program, runOf, type StartCause } from './state.ts';

/** What a decision may depend on besides the program and the fact. `chance` is random in [0, 1). */
export interface Circumstances {
  readonly now: Moment;
  readonly chance: number;
}

/** The answer to facts that change nothing: late ones, and those a state has no use for. */
export function ignore(program: Program): Decision {
  return { program, actions: [] };
}

export function enter(program: Program, state: LifecycleState, why: string, ...actions: Action[]): Decision {
  const health = runOf(state) === null ? 'unknown' : program.health;
  return { program: { ...program, state, health, why }, actions };
}

/** Puts actions in front of those of a decision: what was done before it. */
export function after(actions: readonly Action[], decision: Decision): Decision {
  return { program: decision.program, actions: [...actions, ...decision.actions] };
}

/** The one way in which a program gets started. */
export function launch(program: Program, cause: StartCause, why: string, now: Moment): Decision {
  const runNumber = program.runs + 1;
  const launched: Program = {
    ...program,
    runs: runNumber,
    restarts: program.restarts + (isRestart(cause) ? 1 : 0),
    counters: countersAtStart(program.counters, cause, now),
  };
  return enter(launched, { name: 'launching', cause }, why, { kind: 'spawn', runNumber });
}

export function isRestart(cause: StartCause): boolean {
  return cause !== 'boot' && cause !== 'start';
}

function countersAtStart(counters: RestartCounters, cause: StartCause, now: Moment): RestartCounters {
  const remember = (restart: Restart['cause']): Restart[] =>
    rememberRestart(counters.history, { at: now, cause: restart });
  switch (cause) {
    case 'crash':
    case 'limit':
    case 'health':
      return { ...counters, history: remember(cause) };
    case 'operator':
    case 'config':
      return { failures: 0, backoffStep: 0, history: remember('operator') };
    case 'start':
      return { ...counters, failures: 0, backoffStep: 0 };
    case 'boot':
    case 'cooldown':
      return counters;
  }
}
