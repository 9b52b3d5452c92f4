import type { HealingMode } from '../../policy/healing.ts';
import { type LimitWatch, QUIET } from '../../policy/limits.ts';
import type { Program } from '../../policy/lifecycle/state.ts';
import { NO_FAILURES } from '../../policy/restart.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';

/** What a program uses, as the last sample found it: of the whole tree, rounded as it is shown. */
export interface MeasuredUsage {
  readonly cpuPercent: number | null;
  readonly memoryMb: number;
  readonly processes: number;
}

/** A program and what the engine keeps beside it. Changed by the engine alone, inside a turn of its mailbox. */
export interface ManagedProgram {
  readonly id: string;
  program: Program;
  /** Where it is defined, e.g. "process_list.txt:3". */
  origin: string;
  usage: MeasuredUsage | null;
  /** Whether the engine heals it, as its operator has it. */
  healing: HealingMode;
  limits: LimitWatch;
  cancelTimer: (() => void) | null;
  /** Of the last attempt to start it; null when that worked. */
  spawnProblem: string | null;
  /** Whether its last stop, the current one included, came to SIGKILL. */
  wasForced: boolean;
}

/** A program of which nothing is known but its definition. */
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

/** Puts beside a program what the engine keeps of it and writes down nowhere. */
export function manage(program: Program, origin: string, healing: HealingMode): ManagedProgram {
  return {
    id: program.spec.id,
    program,
    origin,
    usage: null,
    healing,
    limits: QUIET,
    cancelTimer: null,
    spawnProblem: null,
    wasForced: false,
  };
}
