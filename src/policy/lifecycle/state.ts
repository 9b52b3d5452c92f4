import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ProcessIdentity } from '../../base/process-identity.ts';
import { type PhaseOf, phaseOf } from '../../protocol/process-phase.ts';
import type { Health, ProcessStateName } from '../../protocol/process-state.ts';
import type { ExitFacts } from '../exit-facts.ts';
import type { Moment } from '../moment.ts';
import type { HealCause, RestartCounters } from '../restart.ts';

/** One execution of a program, identified by its main process. The engine keeps the boot id beside it. */
export interface Run extends ProcessIdentity {
  /** Increases by one with each start of the program. */
  readonly number: number;
  readonly startedAt: Moment;
  /** True when an earlier engine started it. */
  readonly adopted: boolean;
  /** Started by somebody else and taken over: its group may be theirs, and its output goes where they sent it. */
  readonly foreign?: boolean | undefined;
}

/** Who or what began a start: the first two are starts, the others restarts. */
export type StartCause = 'boot' | 'start' | 'operator' | 'config' | 'schedule' | 'crash' | HealCause | 'cooldown';

/** What is to follow once the program and its tree have ended. */
export type StopGoal =
  | { readonly kind: 'stop' }
  | { readonly kind: 'disable' }
  | { readonly kind: 'remove' }
  | { readonly kind: 'restart'; readonly cause: 'operator' | 'config' | 'schedule' }
  | { readonly kind: 'heal'; readonly fault: string; readonly cause: HealCause }
  /** It ends for good: nothing is to be tried again. */
  | { readonly kind: 'fail'; readonly fault: string }
  /** It ended by itself and left processes behind. */
  | { readonly kind: 'clear-up' };

/** What a program is doing. Each state has the fields that mean something in it, and no others. */
export type LifecycleState =
  | { readonly name: 'disabled' }
  | { readonly name: 'stopped' }
  /** To be started as soon as those are there that it depends on. `reason` says why it is to be started. */
  | { readonly name: 'waiting'; readonly cause: StartCause; readonly reason: string }
  /** Between the decision to spawn and its outcome; lasts no longer than the system call. */
  | { readonly name: 'launching'; readonly cause: StartCause }
  | { readonly name: 'starting'; readonly run: Run }
  | { readonly name: 'running'; readonly run: Run }
  | { readonly name: 'paused'; readonly run: Run }
  | {
      readonly name: 'stopping';
      readonly run: Run;
      readonly goal: StopGoal;
      /** `graceful`: it was asked; `forced`: it was sent SIGKILL; `stuck`: that did not help either. */
      readonly stage: 'graceful' | 'forced' | 'stuck';
      /** How the program itself ended, when only its tree is left. */
      readonly exit: ExitFacts | null;
    }
  | { readonly name: 'backoff'; readonly until: Moment; readonly cause: 'crash' | HealCause }
  | { readonly name: 'cooldown'; readonly until: Moment }
  | { readonly name: 'failed' }
  | { readonly name: 'exited' };

export type StateName = LifecycleState['name'];
export type StateOf<Name extends StateName> = Extract<LifecycleState, { name: Name }>;

/** The states in which the program is expected to do its work. */
export type UpState = StateOf<'starting' | 'running'>;

/** Returns whether the program is starting or running. */
export function isUp(state: LifecycleState): state is UpState {
  return state.name !== 'launching' && phaseOf(state.name) === 'up';
}

/** A state beside its phase. `launching` is a phase of its own: the spawn is one system call, so nothing interrupts it. */
export type PhasedState = {
  readonly [Name in StateName]: {
    readonly phase: Name extends ProcessStateName ? PhaseOf<Name> : 'launching';
    readonly state: StateOf<Name>;
  };
}[StateName];

/** Returns a state beside its phase, so that a switch over the phase narrows the state. */
export function phased(state: LifecycleState): PhasedState {
  const phase = state.name === 'launching' ? state.name : phaseOf(state.name);
  // The type of a pair follows from its state, which the compiler cannot see through the table of phases.
  return { phase, state } as PhasedState;
}

/** All that healer knows of one program. */
export interface Program {
  readonly spec: ProcessSpec;
  readonly state: LifecycleState;
  /** Of the run that is alive; `unknown` without one, and without a health check. */
  readonly health: Health;
  /** Number of the last run. */
  readonly runs: number;
  /** Starts after the first one. */
  readonly restarts: number;
  readonly counters: RestartCounters;
  readonly lastExit: { readonly exit: ExitFacts; readonly reason: string } | null;
  /** Why it is in its state, in one sentence. */
  readonly why: string;
}

/** The state's name on the wire and on the screen. */
export function publicName(state: LifecycleState): ProcessStateName {
  return state.name === 'launching' ? 'starting' : state.name;
}

/** The run that is alive, if any. */
export function runOf(state: LifecycleState): Run | null {
  return 'run' in state ? state.run : null;
}
