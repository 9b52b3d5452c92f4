import { openSync, readSync } from 'node:fs';
import { descriptors } from '../../base/descriptors.ts';

/** How many looks back a kill may be: a large process takes a while to exit after it was killed. */
const LOOKS = 3;

/** Returns how many processes the kernel has killed for lack of memory since boot; null if it does not report that. */
export type ReadOomKills = () => number | null;

/** Notices whether the kernel killed a process for lack of memory, in the whole system or in a cgroup. */
export class OomKills {
  readonly #read: ReadOomKills;
  #counts: readonly (number | null)[] = [];
  /** What was found about exits that were reported together; undefined outside of such a report. */
  #together: { hasGrown?: boolean } | undefined;

  constructor(read: ReadOomKills = readOomKills) {
    this.#read = read;
    this.tick();
  }

  /** Notes the present count. Call it every second. */
  tick(): void {
    this.#counts = [...this.#counts.slice(1 - LOOKS), this.#read()];
  }

  /** Calls a function about exits that were reported together: one look answers for all of them. */
  together<T>(handle: () => T): T {
    this.#together = {};
    try {
      return handle();
    } finally {
      this.#together = undefined;
    }
  }

  /** Returns whether a process was killed within the last seconds. */
  hasGrown(): boolean {
    if (this.#together === undefined) return this.#look();
    this.#together.hasGrown ??= this.#look();
    return this.#together.hasGrown;
  }

  #look(): boolean {
    const [before = null] = this.#counts;
    const now = this.#read();
    return before !== null && now !== null && now > before;
  }
}

const BYTES = 16 * 1024;
const KEY = Buffer.from('\noom_kill ');

/** The counter includes the kills of memory cgroups: https://docs.kernel.org/filesystems/proc.html */
function readOomKills(): number | null {
  try {
    file.fd ??= descriptors.withReserve(() => openSync('/proc/vmstat', 'r'));
    const length = readSync(file.fd, buffer, 0, BYTES, 0);
    const at = buffer.indexOf(KEY);
    return at < 0 || at >= length ? null : Number.parseInt(buffer.toString('latin1', at + KEY.length, at + 32), 10);
  } catch {
    return null;
  }
}

/** The file stays open, because it is read every second. */
const file: { fd?: number } = {};
const buffer = Buffer.alloc(BYTES);
