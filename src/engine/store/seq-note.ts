import { closeSync, constants, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { PRIVATE_FILE } from '../../base/atomic-file.ts';
import { isSameFile } from '../../base/is-same-file.ts';

/**
 * Removes the note of an engine that was killed, unless the log lacks the event with that number.
 * @throws the error of the system call that failed
 */
export function removeLeftSeqNote(path: string, healingLog: string): void {
  if (readNumber(path) <= lastSeqOf(healingLog)) rmSync(path, { force: true });
}

/** Returns the number of the last event in the log; 0 without any. The number is the second word of a line. */
function lastSeqOf(healingLog: string): number {
  const last = readText(healingLog).trimEnd().split('\n').at(-1) ?? '';
  const seq = Number(last.split(' ')[1]);
  return Number.isSafeInteger(seq) ? seq : 0;
}

function readNumber(path: string): number {
  const seq = Number(readText(path));
  return Number.isSafeInteger(seq) && seq > 0 ? seq : 0;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Fixed length in bytes, so that the note is overwritten in place, which works on a full disk. */
const LENGTH = 20;

/**
 * Keeps the number of the last published event while `healing.log` cannot be written: an engine that is killed then must
 * not leave numbers that the next one uses again. In the runtime folder, which is rarely on the same disk.
 */
export class SeqNote {
  readonly #path: string;
  #fd: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Returns the number that an earlier engine noted, or 0, and reserves the space for the next note. */
  load(): number {
    const noted = readNumber(this.#path);
    this.put(noted);
    return noted;
  }

  put(seq: number): void {
    try {
      // The runtime folder may have been removed since.
      if (this.#fd !== null && !isSameFile(this.#fd, this.#path)) this.#close();
      this.#fd ??= openSync(this.#path, constants.O_RDWR | constants.O_CREAT, PRIVATE_FILE);
      writeSync(this.#fd, `${String(seq)}\n`.padStart(LENGTH), 0);
    } catch {
      // Optional: it matters only if the engine is killed while another disk cannot be written.
    }
  }

  /** @param isNeeded whether the log still lacks events, so that the note must stay */
  close(isNeeded: boolean): void {
    this.#close();
    if (!isNeeded) rmSync(this.#path, { force: true });
  }

  #close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}
