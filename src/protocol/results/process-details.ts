import type { CooldownView } from './cooldown-view.ts';
import type { EngineEvent } from '../engine-event.ts';
import type { HealthView } from './health-view.ts';
import type { PastRun } from './past-run.ts';
import type { ProcessSpec } from '../process-spec.ts';
import type { ContainmentKind, ProcessRow } from '../snapshot.ts';

/** One process in the tree of a program. */
export interface TreeMember {
  readonly pid: number;
  readonly parentPid: number;
  readonly name: string;
  readonly memoryMb: number;
  /** The beginning of its command line, up to the first option. Absent from earlier engines, and if it is unknown. */
  readonly command?: string;
  /** CPU time in seconds and age in ms; absent from earlier engines, and where the platform does not report them. */
  readonly cpuSeconds?: number;
  readonly uptimeMs?: number;
  /** Identifies it together with its pid, see proc_pid_stat(5); null or absent where it is unknown. */
  readonly startTicks?: number | null;
  /** Whether it is stopped, as by SIGSTOP; absent if it is not, or where the platform does not report it. */
  readonly isStopped?: boolean;
}

/** The result of `describe`. */
export interface ProcessDetails {
  readonly row: ProcessRow;
  readonly spec: ProcessSpec;
  readonly cooldown: CooldownView;
  /** Null without a health check. */
  readonly health: HealthView | null;
  readonly tree: readonly TreeMember[];
  readonly containment: ContainmentKind;
  readonly logPath: string;
  /** The number of the latest run; 0 before the first one. Engines of earlier versions omit it. */
  readonly latestRun?: number;
  /** Time of the next scheduled run, ISO 8601; null without a schedule, and if it would cause none as things are. */
  readonly nextRestart: string | null;
  /** Why the schedule causes no run as things are; null if it does, or without one. Engines of earlier versions omit it. */
  readonly scheduleObstacle?: string | null;
  /** The time zone of the schedule: that of the engine, e.g. "Europe/Berlin". Engines of earlier versions omit it. */
  readonly timeZone?: string;
  /** The last runs of a job or of a program with a schedule, oldest first. Engines of earlier versions omit it. */
  readonly runs?: readonly PastRun[];
  readonly recentEvents: readonly EngineEvent[];
}
