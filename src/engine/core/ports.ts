import type { ProcessIdentity } from '../../base/process-identity.ts';
import type { Run } from '../../policy/lifecycle/state.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { EventKind } from '../../protocol/event-kinds.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ManagedProgram } from './managed-program.ts';

/** A run with the id of its program. */
export interface ProgramRun {
  readonly id: string;
  readonly run: Run;
}

/** What came of looking for a process that could be taken over. */
export type TakeOver =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly run: Run; readonly paused: boolean }
  | { readonly kind: 'several'; readonly pids: readonly number[] };

/** What the engine does to the world. Small function types, so that tests can hand in a fake world. */
export interface Ports {
  /** @throws HealerError SPAWN_FAILED */
  readonly spawn: (spec: ProcessSpec, runNumber: number) => ProcessIdentity;
  /** Looks for a running process of the same program, and has its end watched when there is exactly one. */
  readonly takeOver: (spec: ProcessSpec, runNumber: number) => TakeOver;
  readonly signalTree: (target: ProgramRun, signal: NodeJS.Signals) => void;
  readonly signalMain: (target: ProgramRun, signal: NodeJS.Signals) => void;
  /** SIGSTOP until everything of the tree stands still. */
  readonly freezeTree: (target: ProgramRun) => void;
  readonly killTree: (target: ProgramRun) => void;
  /** `thorough` looks for processes that left the group as well. */
  readonly hasLeftovers: (target: ProgramRun, thorough: boolean) => boolean;
  /** The run is over: drain its output and remove its pipes. */
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
