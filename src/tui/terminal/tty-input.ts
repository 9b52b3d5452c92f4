import type { ReadStream } from 'node:tty';
import { KeyDecoder, type KeyPress } from './key-decoder.ts';
import { KeyGroups } from './key-groups.ts';

interface Listeners {
  readonly onKey: (key: KeyPress) => void;
  /** The terminal was closed. */
  readonly onGone: () => void;
}

/** Reads keys from a terminal in raw mode. */
export class TtyInput {
  readonly #stream: ReadStream;
  readonly #listeners: Listeners;
  readonly #decoder = new KeyDecoder();
  readonly #groups = new KeyGroups();
  #patience: NodeJS.Timeout | undefined;
  #grouping: NodeJS.Timeout | undefined;
  #isOpen = false;

  constructor(stream: ReadStream, listeners: Listeners) {
    this.#stream = stream;
    this.#listeners = listeners;
  }

  open(): void {
    this.#isOpen = true;
    this.#stream.on('data', this.#take).on('end', this.#listeners.onGone).on('error', this.#listeners.onGone);
    this.#stream.setRawMode(true);
    this.#stream.resume();
  }

  /** @param drain reads what the terminal still answers, while nothing is echoed */
  close(drain: () => void): void {
    this.#isOpen = false;
    clearTimeout(this.#patience);
    clearTimeout(this.#grouping);
    this.#patience = undefined;
    this.#grouping = undefined;
    // The error listener stays, so that a terminal that is closed later does not crash the process.
    this.#stream.off('data', this.#take).off('end', this.#listeners.onGone);
    this.#stream.pause();
    drain();
    try {
      this.#stream.setRawMode(false);
    } catch {
      // The terminal was closed, so there is no mode to restore.
    }
  }

  readonly #take = (bytes: Buffer): void => {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#group(this.#decoder.push(bytes));
    const { patienceMs } = this.#decoder;
    if (patienceMs === null) return;
    this.#patience = afterReading(patienceMs, (timer) => {
      if (timer === this.#patience) this.#group(this.#decoder.flush());
    });
  };

  #group(keys: readonly KeyPress[]): void {
    clearTimeout(this.#grouping);
    this.#grouping = undefined;
    this.#emit(this.#groups.add(keys, performance.now()));
    const waitMs = this.#groups.waitMs(performance.now());
    if (waitMs === null) return;
    this.#grouping = afterReading(waitMs, (timer) => {
      if (timer === this.#grouping) this.#emit(this.#groups.expire());
    });
  }

  #emit(keys: readonly KeyPress[]): void {
    for (const key of keys) if (this.#isOpen) this.#listeners.onKey(key);
  }
}

/**
 * Calls back after a time, and after input that is waiting has been read: a timer that is late because the process was
 * suspended or busy must not take waiting input for missing input.
 */
function afterReading(ms: number, callback: (timer: NodeJS.Timeout) => void): NodeJS.Timeout {
  const timer = setTimeout(() => {
    setImmediate(() => {
      callback(timer);
    });
  }, ms);
  return timer;
}
