import type { CooldownView } from './cooldown-view.ts';
import type { EngineEvent } from '../engine-event.ts';
import type { HealthView } from './health-view.ts';
import type { ProcessSpec } from '../process-spec.ts';
import type { ContainmentKind, ProcessRow } from '../snapshot.ts';

/** One process in the tree of a program. */
export interface TreeMember {
  readonly pid: number;
  readonly parentPid: number;
  readonly name: string;
  readonly memoryMb: number;
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
  /** Time of the next scheduled restart, ISO 8601; null without a schedule. */
  readonly nextRestart: string | null;
  readonly recentEvents: readonly EngineEvent[];
}
