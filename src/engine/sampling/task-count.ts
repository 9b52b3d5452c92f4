import { closeSync, openSync, readSync } from 'node:fs';

/** "0.20 0.18 0.12 1/523 11206": the number of tasks follows the slash. */
const TASKS = /\/(\d+) /;
const BYTES = 128;

/** Reads the number of processes and threads of the machine: one short read, cheap enough for ten per second. */
export class TaskCount {
  #fd: number | null = openQuietly();

  /** Returns null if the platform does not report it. */
  read(): number | null {
    if (this.#fd === null) return null;
    const line = buffer.toString('latin1', 0, readSync(this.#fd, buffer, 0, BYTES, 0));
    return Number(TASKS.exec(line)?.[1] ?? 0);
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}

const buffer = Buffer.alloc(BYTES);

function openQuietly(): number | null {
  try {
    return openSync('/proc/loadavg', 'r');
  } catch {
    return null;
  }
}
