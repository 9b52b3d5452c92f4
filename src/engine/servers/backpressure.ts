import type { Writable } from 'node:stream';
import { WIRE_LIMITS } from '../../protocol/wire-limits.ts';
import type { SendBudget } from './send-budget.ts';

/** A client without unsent data gets no notice when the buffers of all clients have room again: it looks at intervals. */
const LOOK_MS = 250;

/** Reports whether a client reads too slowly, and when it has caught up. */
export class Backpressure {
  readonly #stream: Writable;
  readonly #budget: SendBudget | null;
  readonly #isLocal: boolean;
  readonly #onDrain = new Set<() => void>();

  /** @param budget limits the unsent data of all clients together; null for none */
  constructor(stream: Writable, budget: SendBudget | null = null, isLocal = true) {
    this.#stream = stream;
    this.#budget = budget;
    this.#isLocal = isLocal;
    stream.on('drain', () => {
      for (const notify of [...this.#onDrain]) notify();
    });
  }

  /** Whether more than half of the unsent bytes allowed for a client are waiting in memory, or all buffers are full. */
  get isCongested(): boolean {
    return this.#stream.writableLength > WIRE_LIMITS.unsentBytes / 2 || !this.admits(0);
  }

  /** Returns whether the buffers of all clients have room for this much more data. */
  protected admits(bytes: number): boolean {
    return this.#budget === null || this.#budget.admits(bytes, this.#isLocal);
  }

  /** Counts data that is sent in any case. */
  protected count(bytes: number): void {
    this.#budget?.count(bytes);
  }

  /** Resolves once the client has read what it was sent, or once `signal` aborts. */
  drained(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        if (!this.isCongested) finish();
      }, LOOK_MS);
      const release = this.onDrain(finish);
      function finish(): void {
        clearInterval(timer);
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
