import { freemem, loadavg, totalmem } from 'node:os';
import { HostCpu } from '../../base/host-cpu.ts';
import type { FleetRow } from '../contract/row.ts';

/** The part of a row that describes the machine. */
export type Figures = Pick<FleetRow, 'cpuPercent' | 'memoryPercent' | 'load'>;

/** A figure that moves by less repeats the last one, so that the row of a quiet host repeats the last row. */
const STEP_POINTS = 2;
const LOAD_STEP = { least: 0.25, share: 0.1 };

/**
 * Reads the usage of the machine. The agent reads it itself: the engine does so only while a client follows its live table, and
 * must not have more to do because its host has joined a fleet.
 */
export class HostFigures {
  readonly #now: () => number;
  readonly #cpu: HostCpu;
  #shown: Figures = { cpuPercent: null, memoryPercent: null, load: null };

  /** @param now the monotonic clock in ms */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#cpu = new HostCpu(now());
  }

  /** Returns the figures as they are now, except those that hardly changed since they were last returned. */
  read(): Figures {
    const { cpuPercent, memoryPercent, load } = this.#shown;
    const total = totalmem();
    const [minute = 0] = loadavg();
    this.#shown = {
      cpuPercent: steady(cpuPercent, this.#cpu.measure(this.#now()), STEP_POINTS),
      memoryPercent: steady(memoryPercent, total === 0 ? null : (100 * (total - freemem())) / total, STEP_POINTS),
      load: steady(load, minute, Math.max(LOAD_STEP.least, minute * LOAD_STEP.share)),
    };
    return this.#shown;
  }
}

/** Returns the last value, or the next one, rounded to tenths, if it differs by a step or more. */
export function steady(last: number | null, next: number | null, step: number): number | null {
  if (last !== null && next !== null && Math.abs(next - last) < step) return last;
  return next === null ? null : Math.round(next * 10) / 10;
}
