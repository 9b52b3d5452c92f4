import { readProcStat } from '../../base/proc-stat.ts';
import { readStartProgress, type StartProgress } from './start-progress.ts';

/** How long an engine that starts may make no progress. */
const STALLED_MS = 15_000;
/** How long it may use CPU without starting another program: it reads files, or runs in circles. */
const BUSY_MS = 120_000;
/** Less CPU time than this in `STALLED_MS` is no progress. */
const MIN_TICKS = 5;

/** Limits in ms, for tests. */
export interface PatienceLimits {
  readonly stalledMs: number;
  readonly busyMs: number;
}

/** Decides how long a command waits for an engine that is starting: as long as that makes progress. */
export class StartPatience {
  readonly #pid: number;
  readonly #file: string;
  readonly #limits: PatienceLimits;
  #progress: StartProgress | null = null;
  #progressAt = performance.now();
  #ticks = 0;
  #ticksAt = performance.now();

  /** @param file the file with the progress of the engine */
  constructor(pid: number, file: string, limits: PatienceLimits = { stalledMs: STALLED_MS, busyMs: BUSY_MS }) {
    this.#pid = pid;
    this.#file = file;
    this.#limits = limits;
  }

  /** The last progress that an engine of the instance recorded. */
  get progress(): StartProgress | null {
    return this.#progress;
  }

  /** How long there has been no progress, in ms. */
  get stalledMs(): number {
    return this.#limits.stalledMs;
  }

  /** Looks for progress. Returns whether to keep waiting. */
  keepsWaiting(): boolean {
    const now = performance.now();
    const progress = readStartProgress(this.#file);
    if (progress !== null && (progress.started !== this.#progress?.started || progress.pid !== this.#progress.pid)) {
      this.#progress = progress;
      this.#progressAt = now;
    }
    const ticks = readProcStat(progress?.pid ?? this.#pid)?.cpuTicks ?? this.#ticks;
    if (Math.abs(ticks - this.#ticks) >= MIN_TICKS) {
      this.#ticks = ticks;
      this.#ticksAt = now;
    }
    const { stalledMs, busyMs } = this.#limits;
    return now - this.#progressAt < stalledMs || (now - this.#ticksAt < stalledMs && now - this.#progressAt < busyMs);
  }
}
