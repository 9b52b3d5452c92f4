import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ProcessIdentity } from '../../base/process-identity.ts';
import { type PhaseOf, phaseOf } from '../../protocol/process-phase.ts';
import type { Health, ProcessStateName } from '../../protocol/process-state.ts';
import type { ExitFacts } from '../exit-facts.ts';
import type { Moment } from '../moment.ts';
import type { HealCause, RestartCounters } from '../restart.ts';
import type { Shortage } from '../shortage.ts';
import type { StopStep } from './stop-steps.ts';

/** One execution of a program, identified by its main process. The engine stores the boot id separately. */
export interface Run extends ProcessIdentity {
  /** Increases by one with each start of the program. */
  readonly number: number;
  readonly startedAt: Moment;
  /** True if an earlier engine started it. */
  readonly adopted: boolean;
  /** True if `pid` is a process that the started one left in the background (`type: forking`). */
  readonly forked?: boolean | undefined;
  /** True for an adopted unmanaged process: it may share a process group with others, and its output is not captured. */
  readonly foreign?: boolean | undefined;
  /** True if its definition was changed since its start, and it is going to be restarted for that. */
  readonly outdated?: boolean | undefined;
}

/**
 * The main process that an observation is about. The run number alone does not identify it, because the main process of a
 * run changes when a program moves itself to the background.
 */
export type MainProcess = Pick<Run, 'number' | 'pid' | 'startTicks'>;

/** A process that a program left behind, e.g. `sleep 1000`. */
export interface Leftover {
  readonly pid: number;
  readonly command: string;
}

/** What caused a start. The first two count as starts, the others as restarts. */
export const START_CAUSES = [
  'boot',
  'start',
  'operator',
  'config',
  'schedule',
  'crash',
  'limit',
  'health',
  'anomaly',
  'cooldown',
] as const;

export type StartCause = (typeof START_CAUSES)[number];

/** What to do once the program and its tree have exited. */
export type StopGoal =
  | { readonly kind: 'stop' }
  | { readonly kind: 'disable' }
  | { readonly kind: 'remove' }
  | { readonly kind: 'restart'; readonly cause: 'operator' | 'config' | 'schedule' }
  | { readonly kind: 'heal'; readonly fault: string; readonly cause: HealCause }
  /** The program waits until its host has a connection to the fleet again. */
  | { readonly kind: 'await-fleet'; readonly afterMs: number }
  /** The program enters `failed` and is not restarted. */
  | { readonly kind: 'fail'; readonly fault: string }
  /** The program exited by itself and left processes behind. */
  | {
      readonly kind: 'clear-up';
      /** Its display is missing; says which one. */
      readonly display?: string | undefined;
      /** Why its start failed, if it moved itself to the background and its main process was not found. */
      readonly problem?: string | undefined;
      /** Added to the reason of the next state. */
      readonly note?: string | undefined;
    };

/** Unmanaged processes of the same name are mentioned in the reason of the state. */
export interface UnmanagedMention {
  /** The reason without the mention. */
  readonly why: string;
}

/**
 * A second run beside the current one (`reload.strategy: overlap`). `starting`: it replaces the current one once it is ready;
 * `retiring`: it was replaced, and is being stopped.
 */
export type Overlap = { readonly stage: 'launching' } | { readonly stage: 'starting' | 'retiring'; readonly run: Run };

/** Returns the run that is awaited to become ready; null if there is none. */
export function startingRunOf(state: LifecycleState): Run | null {
  if (state.name === 'starting') return isSearching(state) ? null : state.run;
  return state.name === 'running' && state.overlap?.stage === 'starting' ? state.overlap.run : null;
}

/** Returns all runs of a program: the current one, and one beside it. */
export function runsOf(state: LifecycleState): readonly Run[] {
  const run = runOf(state);
  if (run === null) return [];
  const overlap = state.name === 'running' ? state.overlap : undefined;
  return overlap === undefined || overlap.stage === 'launching' ? [run] : [run, overlap.run];
}

/** The state of a program. Each state has only the fields that are meaningful in it. */
export type LifecycleState =
  | { readonly name: 'disabled' }
  | { readonly name: 'stopped'; readonly mention?: UnmanagedMention }
  /** Starts once its dependencies are met, once there is a display, or once a resource is available. */
  | {
      readonly name: 'waiting';
      readonly cause: StartCause;
      /** Why it starts. */
      readonly reason: string;
      /** A display, or its command before the start. Absent if it waits for dependencies or for a resource. */
      readonly for?: 'display' | 'before' | undefined;
      /** The resource that it waits for. */
      readonly lacking?: Shortage;
    }
  /** Between the decision to spawn and its outcome; lasts only for the system call. `waited`: it waited for a resource. */
  | {
      readonly name: 'launching';
      readonly cause: StartCause;
      readonly waited?: { readonly reason: string; readonly lacking: Shortage };
    }
  | {
      readonly name: 'starting';
      readonly run: Run;
      /** How the started process exited, while its successor in the background is searched for (`type: forking`). */
      readonly forked?: ExitFacts | undefined;
    }
  | { readonly name: 'running'; readonly run: Run; readonly overlap?: Overlap }
  | { readonly name: 'paused'; readonly run: Run }
  | {
      readonly name: 'stopping';
      readonly run: Run;
      readonly goal: StopGoal;
      /** `graceful`: the stop signal was sent; `forced`: SIGKILL was sent; `stuck`: it survived SIGKILL. */
      readonly stage: 'graceful' | 'forced' | 'stuck';
      /** The exit of the main process, while other processes of the tree are still alive. */
      readonly exit: ExitFacts | null;
      /** Some of those processes; unknown if an earlier engine found them. */
      readonly left?: readonly Leftover[];
      /** The last stop signal and the time to exit after it; unknown if an earlier engine sent it, and absent if none was sent. */
      readonly sent?: { readonly signal: string; readonly timeoutMs: number };
      /** The time that `stop.command` may take, in ms, while it runs before the signals. */
      readonly commandMs?: number | undefined;
      /** The steps that follow if the program does not exit; absent if SIGKILL follows. */
      readonly next?: readonly StopStep[] | undefined;
    }
  | {
      readonly name: 'backoff';
      readonly until: Moment;
      /** The whole delay. Absent if an earlier version scheduled the restart. */
      readonly delayMs?: number | undefined;
      readonly cause: 'crash' | HealCause;
      /** The reason of the restart, in the past tense. Absent if an earlier engine scheduled the restart. */
      readonly restartWhy?: string;
    }
  | { readonly name: 'cooldown'; readonly until: Moment }
  | { readonly name: 'failed'; readonly mention?: UnmanagedMention }
  | { readonly name: 'exited'; readonly mention?: UnmanagedMention };

export type StateName = LifecycleState['name'];
export type StateOf<Name extends StateName> = Extract<LifecycleState, { name: Name }>;

/** The states in which the program is expected to work. */
export type UpState = StateOf<'starting' | 'running'>;

/** A program that moved itself to the background, whose main process is not known yet. */
export type SearchingState = StateOf<'starting'> & { readonly forked: ExitFacts };

/** Returns whether the main process is searched for: the process of the run has exited. */
export function isSearching(state: LifecycleState): state is SearchingState {
  return state.name === 'starting' && state.forked !== undefined;
}

/** Returns whether the program is starting or running. */
export function isUp(state: LifecycleState): state is UpState {
  return state.name !== 'launching' && phaseOf(state.name) === 'up';
}

/** Returns whether health checks count: not while another sign of readiness is awaited, or the main process is searched for. */
export function isChecked(state: LifecycleState, { ready }: Pick<ProcessSpec, 'ready'>): state is UpState {
  if (!isUp(state) || isSearching(state)) return false;
  return state.name === 'running' || ready === null || ready.health === true;
}

/**
 * A state paired with its phase. `launching` is a phase of its own: the spawn is one system call, so nothing interrupts
 * it.
 */
export type PhasedState = {
  readonly [Name in StateName]: {
    readonly phase: Name extends ProcessStateName ? PhaseOf<Name> : 'launching';
    readonly state: StateOf<Name>;
  };
}[StateName];

/** Returns a state paired with its phase, so that a switch over the phase narrows the state. */
export function phased(state: LifecycleState): PhasedState {
  const phase = state.name === 'launching' ? state.name : phaseOf(state.name);
  // The type of a pair follows from its state, which the compiler cannot see through the table of phases.
  return { phase, state } as PhasedState;
}

/** Everything that healer knows about one program. */
export interface Program {
  readonly spec: ProcessSpec;
  readonly state: LifecycleState;
  /** Health of the current run; `unknown` without a run or without a health check. */
  readonly health: Health;
  /** Number of the latest run. */
  readonly runs: number;
  /** Number of starts after the first. An attempt that started no process does not count. */
  readonly restarts: number;
  readonly counters: RestartCounters;
  /** The schedule of a run that starts once the current one has exited (`scheduling.overlap: queue`). */
  readonly queued?: string | undefined;
  readonly lastExit: { readonly exit: ExitFacts; readonly reason: string } | null;
  /** Why the program is in its state, as one sentence. */
  readonly why: string;
}

/** Returns the name of the state on the wire and on screens. */
export function publicName(state: LifecycleState): ProcessStateName {
  return state.name === 'launching' ? 'starting' : state.name;
}

/** Returns the state with a note on its run, if there is one: whether it is to be restarted for a changed definition. */
export function withOutdated(state: LifecycleState, outdated: boolean): LifecycleState {
  return 'run' in state ? { ...state, run: { ...state.run, outdated } } : state;
}

/** Returns the current run, or null. */
export function runOf(state: LifecycleState): Run | null {
  return 'run' in state ? state.run : null;
}
