import type { Writable } from 'node:stream';
import { WIRE_LIMITS } from '../../protocol/wire-limits.ts';

/** Reports whether a client reads too slowly, and when it has caught up. */
export class Backpressure {
  readonly #stream: Writable;
  readonly #onDrain = new Set<() => void>();

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('drain', () => {
      for (const notify of [...this.#onDrain]) notify();
    });
  }

  /** Whether more than half of the unsent bytes allowed for a client are waiting in memory. */
  get isCongested(): boolean {
    return this.#stream.writableLength > WIRE_LIMITS.unsentBytes / 2;
  }

  /** Resolves once the client has read what it was sent, or once `signal` aborts. */
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

  /** Calls `notify` whenever the client has caught up. Returns a function that unsubscribes. */
  onDrain(notify: () => void): () => void {
    this.#onDrain.add(notify);
    return () => this.#onDrain.delete(notify);
  }
}
