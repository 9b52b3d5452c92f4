import type { ReadStream } from 'node:tty';
import { KeyDecoder, type KeyPress } from './key-decoder.ts';

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
  #patience: NodeJS.Timeout | undefined;

  constructor(stream: ReadStream, listeners: Listeners) {
    this.#stream = stream;
    this.#listeners = listeners;
  }

  open(): void {
    this.#stream.on('data', this.#take).on('end', this.#listeners.onGone).on('error', this.#listeners.onGone);
    this.#stream.setRawMode(true);
    this.#stream.resume();
  }

  close(): void {
    clearTimeout(this.#patience);
    // The error listener stays, so that a terminal that is closed later does not crash the process.
    this.#stream.off('data', this.#take).off('end', this.#listeners.onGone);
    this.#stream.pause();
    try {
      this.#stream.setRawMode(false);
    } catch {
      // The terminal was closed, so there is no mode to restore.
    }
  }

  readonly #take = (bytes: Buffer): void => {
    clearTimeout(this.#patience);
    this.#emit(this.#decoder.push(bytes));
    const { patienceMs } = this.#decoder;
    if (patienceMs === null) return;
    this.#patience = setTimeout(() => {
      this.#emit(this.#decoder.flush());
    }, patienceMs);
  };

  #emit(keys: readonly KeyPress[]): void {
    for (const key of keys) this.#listeners.onKey(key);
  }
}
