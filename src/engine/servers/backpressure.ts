import type { Writable } from 'node:stream';
import { WIRE_LIMITS } from '../../protocol/limits.ts';

/** Knows when a client does not keep up with what is written to it, and tells when it does again. */
export class Backpressure {
  readonly #stream: Writable;
  readonly #onDrain = new Set<() => void>();

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('drain', () => {
      for (const notify of [...this.#onDrain]) notify();
    });
  }

  get isCongested(): boolean {
    return this.#stream.writableLength > WIRE_LIMITS.unsentBytes / 2;
  }

  /** Resolves when the client has read what it was sent, or `signal` says that nobody waits any more. */
  drained(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const release = this.onDrain(finish);
      function finish(): void {
        release();
        signal.removeEventListener('abort', finish);
        resolve();
      }
      if (signal.aborted) finish();
      else signal.addEventListener('abort', finish);
    });
  }

  /** The function ends it. */
  onDrain(notify: () => void): () => void {
    this.#onDrain.add(notify);
    return () => this.#onDrain.delete(notify);
  }
}
