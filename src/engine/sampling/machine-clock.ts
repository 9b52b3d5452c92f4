import { closeSync, openSync, readSync } from 'node:fs';
import { cpus } from 'node:os';
import type { MonotonicNow } from './sampler.ts';

const CORES = Math.max(1, cpus().length);
const MS_PER_SECOND = 1_000;
const BYTES = 64;

/** The time that the cores of the machine were not idle, from one short read. */
export class MachineClock {
  readonly #now: MonotonicNow;
  readonly #bytes = Buffer.alloc(BYTES);
  #fd: number | null = openQuietly();

  constructor(now: MonotonicNow) {
    this.#now = now;
  }

  /** Returns the busy time of all cores in ms, of which only differences have a meaning; null if it is unknown. */
  read(): number | null {
    if (this.#fd === null) return null;
    // "44678.19 31435.94": the uptime, and the idle time of all cores.
    const text = this.#bytes.toString('latin1', 0, readSync(this.#fd, this.#bytes, 0, BYTES, 0));
    const idleSeconds = Number(text.slice(text.indexOf(' ') + 1));
    return Number.isNaN(idleSeconds) ? null : CORES * this.#now() - idleSeconds * MS_PER_SECOND;
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}

function openQuietly(): number | null {
  try {
    return openSync('/proc/uptime', 'r');
  } catch {
    return null;
  }
}
