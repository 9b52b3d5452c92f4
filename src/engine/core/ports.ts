import type { ProcessIdentity } from '../../base/process-identity.ts';
import type { StopReceivers } from '../../policy/lifecycle/actions.ts';
import type { Run } from '../../policy/lifecycle/state.ts';
import type { FleetLoss } from '../../policy/fleet-loss.ts';
import type { Shortage } from '../../policy/shortage.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { EventKind } from '../../protocol/event-kinds.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ManagedProgram } from './managed-program.ts';

/** A run with the id of its program. */
export interface ProgramRun {
  readonly id: string;
  readonly run: Run;
}

/** The result of searching for an unmanaged process that could be adopted. */
export type DuplicateSearch =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly run: Run; readonly paused: boolean }
  | { readonly kind: 'several'; readonly pids: readonly number[] };

/** A process that a program left in the background. `source` says how it was found. */
export interface FoundMain {
  readonly pid: number;
  readonly startTicks: number;
  readonly source: string;
}

/** The result of one look for the main process of a program that moved itself to the background. */
export type MainLookup =
  | { readonly kind: 'certain'; readonly main: FoundMain }
  /** The only process that remains; it may be on its way to the background. */
  | { readonly kind: 'likely'; readonly main: FoundMain }
  | { readonly kind: 'unclear'; readonly problem: string }
  /** No process of the run remains. */
  | { readonly kind: 'none'; readonly problem: string; readonly awaitsFile: boolean };

/** The effects of the engine. They are small functions, so that tests can replace them. */
export interface Ports {
  /** Returns what prevents any start at the moment; null if there is room. `isWaiting`: the program waits for a resource. */
  readonly shortage?: (isWaiting: boolean) => Shortage | null;
  /** Returns why a program may not run while the connection to the fleet is lost; null if it may. */
  readonly fleetLoss?: (spec: ProcessSpec) => FleetLoss | null;
  /** @throws HealerError SPAWN_FAILED, or ResourceShortage if it may succeed later */
  readonly spawn: (spec: ProcessSpec, runNumber: number) => ProcessIdentity;
  /** Searches for a running process of the same program and watches for its exit if there is exactly one. */
  readonly adoptDuplicate: (spec: ProcessSpec, runNumber: number) => DuplicateSearch;
  /** Sends a stop signal to some processes of the run. */
  readonly sendStop: (target: ProgramRun, signal: NodeJS.Signals, to: StopReceivers) => void;
  readonly signalMain: (target: ProgramRun, signal: NodeJS.Signals) => void;
  /** Sends SIGSTOP until every process of the tree is stopped. */
  readonly freezeTree: (target: ProgramRun) => void;
  /** Sends SIGCONT to every process of the tree. */
  readonly resumeTree: (target: ProgramRun) => void;
  readonly killTree: (target: ProgramRun) => void;
  /** Returns whether other processes of the tree are alive; if `thorough`, those that left the process group count too. */
  readonly hasLeftovers: (target: ProgramRun, thorough: boolean) => boolean;
  /** Looks for the main process of a program that moved itself to the background. */
  readonly findMain: (target: ProgramRun, spec: ProcessSpec) => MainLookup;
  /** Watches for the exit of the process that is now the main process of a run. */
  readonly followMain: (target: ProgramRun, spec: ProcessSpec) => void;
  /** Runs the command before the start of a program and posts its outcome. */
  readonly runBefore?: (spec: ProcessSpec) => void;
  /** Runs the stop command of a program and posts its outcome. */
  readonly runStopCommand?: (target: ProgramRun, spec: ProcessSpec, timeoutMs: number) => void;
  /** Drains the output of a run that is over and removes its pipes. */
  readonly closeRun: (target: ProgramRun) => void;
  readonly recorder: Recorder;
}

/** Stores the state of programs and records events. */
export interface Recorder extends EventRecorder {
  /** Stores the state of a program with the next commit. */
  readonly change: (entry: ManagedProgram) => void;
  /** Removes a program from the stored state with the next commit. */
  readonly forget: (entry: ManagedProgram) => void;
  /** Writes stored state to disk at once, without publishing events. */
  readonly flush: () => void;
  /** Writes everything to disk and publishes the events. */
  readonly commit: () => void;
}

/** Records events. */
export interface EventRecorder {
  /** Adds an event. It is written and published with the next commit. */
  readonly record: (draft: {
    readonly kind: EventKind;
    readonly process: string | null;
    readonly pid: number | null;
    readonly reason: string;
    readonly data: EngineEvent['data'];
  }) => void;
}
