import { closeSync, openSync, readSync, statfsSync } from 'node:fs';

/** From linux/magic.h. Containers may replace the file by one that is updated every few seconds. */
const PROC_SUPER_MAGIC = 0x9fa0;
const BYTES = 128;
/** The longest time between two listings, for processes that became visible without being started. */
const LIST_EVERY_MS = 10_000;

/** Notices whether a process may have been started on the machine, from the last pid that the kernel assigned. */
export class NewPids {
  readonly #bytes = Buffer.alloc(BYTES);
  #fd = openOriginal();
  #last = 0;
  /** The last pid before the current listing began. */
  #before = 0;
  #listedAtMs = -Infinity;

  /** Returns false if no process can have been started since the last listing. Otherwise, the caller lists and calls `listed`. */
  mayExist(nowMs: number): boolean {
    this.#before = this.#last;
    const current = this.#read();
    if (current > 0 && current === this.#last && nowMs - this.#listedAtMs < LIST_EVERY_MS) return false;
    this.#last = current;
    this.#listedAtMs = nowMs;
    return true;
  }

  /** Notes how many new processes a listing found: if the last pid had not changed, it says nothing on this machine. */
  listed(newcomers: number): void {
    if (newcomers > 0 && this.#before > 0 && this.#before === this.#last) this.close();
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  /** Returns 0 if it is unknown. */
  #read(): number {
    if (this.#fd === null) return 0;
    // "0.20 0.18 0.12 1/523 11206"
    const line = this.#bytes.toString('latin1', 0, readSync(this.#fd, this.#bytes, 0, BYTES, 0));
    return Number(line.slice(line.lastIndexOf(' ') + 1)) || 0;
  }
}

function openOriginal(): number | null {
  try {
    return statfsSync('/proc/loadavg').type === PROC_SUPER_MAGIC ? openSync('/proc/loadavg', 'r') : null;
  } catch {
    return null;
  }
}
