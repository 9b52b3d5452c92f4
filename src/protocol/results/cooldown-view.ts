import type { ProcessStateName } from '../process-state.ts';
import type { RestartCause } from '../restart-cause.ts';

/** A restart within the sliding window. */
export interface RestartRecord {
  /** ISO 8601. */
  readonly at: string;
  readonly cause: RestartCause;
}

/** The recent restarts of a program, and how many lead to a cooldown. */
export interface CooldownView {
  readonly id: string;
  readonly state: ProcessStateName;
  /** Restarts within the sliding window, oldest first. */
  readonly restarts: readonly RestartRecord[];
  readonly limit: number;
  readonly windowMs: number;
  readonly durationMs: number;
  /** ISO 8601; null outside `cooldown`. */
  readonly until: string | null;
  /** Time left of the cooldown in ms, whatever the wall clock shows; null outside `cooldown`. */
  readonly leftMs?: number | null;
}
