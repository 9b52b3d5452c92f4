import type { ProcessStateName } from '../process-state.ts';
import type { RestartCause } from '../restart-cause.ts';

/** A start that counts in the sliding window. */
export interface RestartRecord {
  /** ISO 8601. */
  readonly at: string;
  readonly cause: RestartCause;
}

/** How near a program is to its cooldown. */
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
}
