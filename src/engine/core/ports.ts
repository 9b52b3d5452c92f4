import type { Run } from '../../policy/lifecycle/state.ts';
import type { EngineEvent, EventKind } from '../../protocol/engine-event.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';

/** The names by which the engine knows one execution of a program. */
export interface RunOf {
  readonly id: string;
  readonly run: Run;
}

/** What a spawn gave: enough to know the process again. */
export interface SpawnedProcess {
  readonly pid: number;
  readonly startTicks: number | null;
}

/** What came of looking for a process that could be taken over. */
export type TakeOver =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly run: Run; readonly paused: boolean }
  | { readonly kind: 'several'; readonly pids: readonly number[] };

/** What the engine does to the world. Small function types, so that tests can hand in a fake world. */
export interface Ports {
  /** @throws HealerError SPAWN_FAILED */
  readonly spawn: (spec: ProcessSpec, runNumber: number) => SpawnedProcess;
  /** Looks for a running process of the same program, and has its end watched when there is exactly one. */
  readonly takeOver: (spec: ProcessSpec, runNumber: number) => TakeOver;
  readonly signalTree: (target: RunOf, signal: NodeJS.Signals) => void;
  readonly signalMain: (target: RunOf, signal: NodeJS.Signals) => void;
  /** SIGSTOP until everything of the tree stands still. */
  readonly freezeTree: (target: RunOf) => void;
  readonly killTree: (target: RunOf) => void;
  /** `thorough` looks for processes that left the group as well. */
  readonly hasLeftovers: (target: RunOf, thorough: boolean) => boolean;
  /** The run is over: drain its output and remove its pipes. */
  readonly closeRun: (target: RunOf) => void;
  readonly recorder: Recorder;
}

/** Records events. */
export interface Recorder {
  /** Adds an event; it is written and published when the mailbox is empty. */
  readonly record: (draft: {
    readonly kind: EventKind;
    readonly process: string | null;
    readonly pid: number | null;
    readonly reason: string;
    readonly data: EngineEvent['data'];
  }) => void;
}
