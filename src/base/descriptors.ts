import { closeSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { codeOf } from './thrown.ts';

/** Descriptors that are held open, to be closed in a shortage. */
const RESERVED = 8;

/** While more than this are free, they are not counted before each use. */
const PLENTY = 512;

/** EMFILE: the limit of this process; ENFILE: the limit of the whole system. */
const SHORTAGE_CODES: readonly (string | undefined)[] = ['EMFILE', 'ENFILE'];

/** Returns whether a system call failed because no file descriptor was free. */
function isDescriptorShortage(error: unknown): boolean {
  return SHORTAGE_CODES.includes(codeOf(error));
}

/**
 * The file descriptors of this process. A reserve is held open: once no other descriptor is free, it is closed, so that files
 * can still be read and connections accepted. It is held again as soon as there is room.
 */
class Descriptors {
  #limit = Infinity;
  #open = 0;
  /** Descriptors that may have been opened since they were counted. */
  #uncounted = 0;
  #reserve: number[] = [];
  #isReserving = false;

  /** The soft limit of open files when it was last read; Infinity if it is unknown. */
  get limit(): number {
    return this.#limit;
  }

  /** The number of open descriptors when they were last counted, without the reserve. */
  get open(): number {
    return this.#open;
  }

  /** Starts to hold a reserve. Call it early: lower descriptors stay usable if the limit is lowered later. */
  reserve(): void {
    this.#isReserving = true;
    this.refresh();
  }

  /** Reads the limit, which may be changed from outside, counts the open descriptors, and closes or holds the reserve. */
  refresh(): void {
    try {
      this.#limit = this.withReserve(readLimit);
    } catch {
      // Even the reserve is not enough: the limit stays as it was.
    }
    this.#count();
    if (!this.#isReserving) return;
    if (this.#free() <= 0) this.#release();
    else if (this.#free() >= RESERVED) this.#hold();
  }

  /**
   * Returns whether `count` more descriptors may be opened so that `kept` stay free besides the reserve. Its cost does not
   * depend on the number of open descriptors.
   */
  hasRoom(count: number, kept: number): boolean {
    const wanted = count + kept;
    if (this.#free() - this.#uncounted > PLENTY + wanted) return true;
    this.#count();
    if (this.#free() >= wanted) return true;
    // The limit may have been raised since it was read.
    this.refresh();
    return this.#free() >= wanted;
  }

  /** Notes that descriptors were opened, so that they need not be counted as long as there are plenty. */
  take(count: number): void {
    this.#uncounted += count;
  }

  /** Calls a function that opens files, and calls it again with the reserve closed if no descriptor was free. */
  withReserve<T>(use: () => T): T {
    try {
      return use();
    } catch (error) {
      if (!isDescriptorShortage(error) || this.#reserve.length === 0) throw error;
      this.#release();
      try {
        return use();
      } finally {
        this.#hold();
      }
    }
  }

  #free(): number {
    return this.#limit - this.#open - Math.max(this.#reserve.length, this.#isReserving ? RESERVED : 0);
  }

  #count(): void {
    this.#open = Math.max(0, countOpenDescriptors() - this.#reserve.length);
    this.#uncounted = 0;
  }

  #hold(): void {
    try {
      while (this.#reserve.length < RESERVED) this.#reserve.push(openSync('/dev/null', 'r'));
    } catch {
      // Something else has taken the descriptors; the next refresh tries again.
    }
  }

  #release(): void {
    for (const fd of this.#reserve.splice(0)) closeSync(fd);
  }
}

/** The descriptors of this process. Nothing is reserved unless `reserve` is called. */
export const descriptors = new Descriptors();

/** Returns the number of open descriptors of this process; 0 without /proc. Needs no descriptor since Linux 6.2. */
function countOpenDescriptors(): number {
  try {
    // Older kernels report a size of 0: https://git.kernel.org/torvalds/c/f1f1f2569901
    const { size } = statSync('/proc/self/fd');
    return size > 0 ? size : readdirSync('/proc/self/fd').length - 1;
  } catch (error) {
    return isDescriptorShortage(error) ? Infinity : 0;
  }
}

function readLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
    return soft === undefined ? Infinity : Number(soft);
  } catch (error) {
    if (isDescriptorShortage(error)) throw error;
    return Infinity;
  }
}
