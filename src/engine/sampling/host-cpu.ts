import { type CpuInfo, cpus } from 'node:os';

/** Less is noise: a core's clock advances in steps of 10 ms. */
const MIN_ELAPSED_MS = 500;
/** A mean over more is no answer to "now". */
const MAX_ELAPSED_MS = 30_000;

interface Reading {
  readonly atMs: number;
  readonly busyMs: number;
  readonly totalMs: number;
}

/**
 * How busy all cores together were between two calls, 0 to 100. Node tells the cores' clocks in 0.3 ms;
 * systeminformation costs the same, but waits half a second at its first call.
 */
export class HostCpu {
  #before: Reading;
  #percent: number | null = null;

  constructor(nowMs: number) {
    this.#before = takeReading(nowMs);
  }

  /** Null until two readings are far enough apart, and when the last one is long ago. */
  measure(nowMs: number): number | null {
    const elapsedMs = nowMs - this.#before.atMs;
    if (elapsedMs < MIN_ELAPSED_MS) return this.#percent;
    const now = takeReading(nowMs);
    const total = now.totalMs - this.#before.totalMs;
    const busy = now.busyMs - this.#before.busyMs;
    this.#percent = elapsedMs > MAX_ELAPSED_MS || total <= 0 ? null : Math.min(100, Math.max(0, (100 * busy) / total));
    this.#before = now;
    return this.#percent;
  }
}

function takeReading(atMs: number): Reading {
  const cores = cpus();
  const totalMs = cores.reduce((sum, { times }) => sum + sumOf(times), 0);
  const idleMs = cores.reduce((sum, { times }) => sum + times.idle, 0);
  return { atMs, totalMs, busyMs: totalMs - idleMs };
}

function sumOf(times: CpuInfo['times']): number {
  return times.user + times.nice + times.sys + times.idle + times.irq;
}
