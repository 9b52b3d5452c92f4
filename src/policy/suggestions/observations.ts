import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { AnomalyRecord } from '../../protocol/results/anomaly-record.ts';
import type { CheckResult } from '../../protocol/results/health-view.ts';
import type { RunMemory } from '../anomaly/run-memory.ts';

/** What is known about a program over the last 24 hours. */
export interface Observations {
  readonly spec: ProcessSpec;
  /** The mean CPU usage of each minute in percent of one core, oldest first; null where nothing was measured. */
  readonly cpuByMinute: readonly (number | null)[];
  /** The highest memory usage of each minute in MB, oldest first. */
  readonly memoryByMinute: readonly (number | null)[];
  /** The local time of the newest of these minutes, in minutes since midnight. */
  readonly minuteOfDay: number;
  /** The processors of the machine. */
  readonly cores: number;
  /** How often it was stopped because of its limits. */
  readonly stops: { readonly cpu: number; readonly memory: number };
  readonly anomalies: readonly AnomalyRecord[];
  readonly memory: RunMemory;
  /** The latest health checks, oldest first. */
  readonly checks: readonly CheckResult[];
}

/** Returns the values that were measured, in ascending order. */
export function measured(values: readonly (number | null)[]): readonly number[] {
  return values.filter((value) => value !== null).toSorted((a, b) => a - b);
}

/** Returns the value that this share of the sorted values does not exceed; NaN without values. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
