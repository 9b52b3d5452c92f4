import type { HistoryResult } from '../../protocol/results/history-result.ts';
import { CellSeries, type UsageCell } from './cell-series.ts';
import type { TreeUsage } from './sampler.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const SECONDS_KEPT = 15 * 60;
const MINUTES_KEPT = 24 * 60;

export type HistorySpan = '15m' | '24h';
type MeasuredUsage = Pick<TreeUsage, 'cpuPercent' | 'memoryMb'>;

/**
 * The resource usage of a program: the last 15 minutes by second and the last day by minute, in at most 19 KB.
 *
 * A minute stores the mean of CPU, which is the work done, and the maximum of memory, which is compared with the limit.
 * Times are wall time; after the clock is set back, the series continues from the new time.
 */
export class UsageHistory {
  readonly #seconds = new CellSeries(SECONDS_KEPT);
  readonly #minutes = new CellSeries(MINUTES_KEPT);
  #minute: Minute | null = null;
  /** Cells start half a step before the first sample, so that a slightly early or late tick has its own cell. */
  #phaseMs: number | null = null;

  push(tMs: number, usage: MeasuredUsage): void {
    this.#phaseMs ??= tMs - SECOND_MS / 2;
    this.#seconds.put(this.#secondOf(tMs), usage);
    const number = Math.floor(tMs / MINUTE_MS);
    if (this.#minute?.number !== number) this.#minute = new Minute(number);
    this.#minute.add(usage);
    this.#minutes.put(number, this.#minute.cell());
  }

  series(span: HistorySpan, nowMs: number): Omit<HistoryResult, 'id'> {
    if (span === '15m') {
      const { newest, cells } = this.#seconds.read(this.#secondOf(nowMs));
      return describe(SECOND_MS, this.#phaseOr(nowMs) + (newest + 0.5) * SECOND_MS, cells);
    }
    const { newest, cells } = this.#minutes.read(Math.floor(nowMs / MINUTE_MS));
    return describe(MINUTE_MS, newest * MINUTE_MS, cells);
  }

  #secondOf(tMs: number): number {
    return Math.floor((tMs - this.#phaseOr(tMs)) / SECOND_MS);
  }

  #phaseOr(tMs: number): number {
    return this.#phaseMs ?? tMs - SECOND_MS / 2;
  }
}

/** Aggregates the samples of a minute. */
class Minute {
  readonly number: number;
  #cpuSum = 0;
  #cpuCount = 0;
  #memoryMb = 0;

  constructor(number: number) {
    this.number = number;
  }

  add({ cpuPercent, memoryMb }: MeasuredUsage): void {
    this.#memoryMb = Math.max(this.#memoryMb, memoryMb);
    if (cpuPercent === null) return;
    this.#cpuSum += cpuPercent;
    this.#cpuCount++;
  }

  cell(): UsageCell {
    const cpuPercent = this.#cpuCount === 0 ? null : this.#cpuSum / this.#cpuCount;
    return { cpuPercent, memoryMb: this.#memoryMb };
  }
}

function describe(stepMs: number, untilMs: number, cells: readonly UsageCell[]): Omit<HistoryResult, 'id'> {
  return {
    stepMs,
    until: new Date(untilMs).toISOString(),
    cpuPercent: cells.map((cell) => cell.cpuPercent),
    memoryMb: cells.map((cell) => cell.memoryMb),
  };
}
