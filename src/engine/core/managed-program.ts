import type { ExactIdentity } from '../../base/process-identity.ts';
import type { HealingMode } from '../../policy/healing.ts';
import { type LimitWatch, QUIET } from '../../policy/limits.ts';
import { type Program, runOf } from '../../policy/lifecycle/state.ts';
import { NO_FAILURES } from '../../policy/restart.ts';
import type { MemoryMeasure } from '../../protocol/memory-measure.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';

/** The usage of a program's whole process tree in the last sample, rounded as it is displayed. */
export interface MeasuredUsage {
  /** Percent of one core; null in the first sample of a run. */
  readonly cpuPercent: number | null;
  /** 1 MB is 2^20 bytes. */
  readonly memoryMb: number;
  /** Absent on platforms that only have resident memory. */
  readonly memoryMeasure?: MemoryMeasure;
  /** Whether `memoryMb` may be too high, because an exact figure is needed and not known yet. */
  readonly isMemoryPending?: boolean;
  readonly processes: number;
}

/**
 * A program with the data that the engine keeps about it in memory. Only the engine changes it, within a turn of its
 * mailbox.
 */
export interface ManagedProgram {
  readonly id: string;
  program: Program;
  /** Where it is defined, e.g. "process_list.txt:3". */
  origin: string;
  /** The fields of a file that the registry overrides, e.g. `limits.memoryMb`. */
  overridden: readonly string[];
  usage: MeasuredUsage | null;
  /** Whether the engine heals it, as set by the operator. */
  healing: HealingMode;
  limits: LimitWatch;
  cancelTimer: (() => void) | null;
  /** When the timer expires, on the monotonic clock, in ms; meaningless without a timer. */
  timerAt: number;
  /** Why the last attempt to start it failed; null if it succeeded. */
  spawnProblem: string | null;
  /** Whether its last or current stop needed SIGKILL. */
  wasForced: boolean;
  /** What its current run states about itself through sd_notify(3); null if it states nothing. */
  stated: string | null;
  /** The last signal that its main process was sent on request; null without one. */
  signaled: SentSignal | null;
}

/** A signal that a process was sent on request. */
export interface SentSignal extends ExactIdentity {
  readonly signal: string;
  /** Who requested it, as in "sent by the operator". */
  readonly by: string;
  /** When it was sent, on the monotonic clock, in ms. */
  readonly atMono: number;
}

/** Returns a program with no history: only its definition is known. */
export function newProgram(spec: ProcessSpec): Program {
  return {
    spec,
    state: { name: spec.enabled ? 'stopped' : 'disabled' },
    health: 'unknown',
    runs: 0,
    restarts: 0,
    counters: NO_FAILURES,
    lastExit: null,
    why: spec.enabled ? 'not started yet' : 'disabled in its configuration',
  };
}

/** Returns a program with the initial values of the data that the engine keeps only in memory. */
export function manage(program: Program, origin: string, healing: HealingMode): ManagedProgram {
  return {
    id: program.spec.id,
    program,
    origin,
    overridden: [],
    usage: null,
    healing,
    limits: QUIET,
    cancelTimer: null,
    timerAt: 0,
    spawnProblem: null,
    wasForced: false,
    stated: null,
    signaled: null,
  };
}

/** Discards what belongs to the state that a program has left. */
export function leaveState(entry: ManagedProgram): void {
  entry.cancelTimer?.();
  entry.cancelTimer = null;
  const { name } = entry.program.state;
  if (name === 'stopping') entry.wasForced = false;
  if (runOf(entry.program.state) === null) {
    entry.usage = null;
    entry.limits = QUIET;
  }
}
