/** Beyond that the producer is asked to rest until the consumer has caught up. */
const MOST_HELD = 2_000;

interface Producer {
  /** Begins, or goes on from where it was left off. */
  start(): { close(): void };
  /** Nobody pulls any more. */
  onEnd(): void;
}

/**
 * Turns what is pushed into something that is pulled, in bounded memory: a consumer that falls behind ends the
 * producer, which is started anew where it was left off.
 */
export class MessageQueue<T> implements AsyncIterableIterator<T> {
  readonly #producer: Producer;
  readonly #held: T[] = [];
  #running: { close(): void } | null = null;
  #error: Error | null = null;
  #isEnded = false;
  #wake: () => void = () => undefined;

  constructor(producer: Producer) {
    this.#producer = producer;
  }

  /** Begins before the first item is asked for, so that nothing is missed in between. */
  open(): this {
    this.#running ??= this.#producer.start();
    return this;
  }

  /** Holds items until they are asked for. */
  push(...items: readonly T[]): void {
    this.#held.push(...items);
    if (this.#held.length >= MOST_HELD) this.#rest();
    this.#wake();
  }

  fail(error: Error): void {
    this.#error = error;
    this.#rest();
    this.#wake();
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      const item = this.#held.shift();
      if (item !== undefined) return { value: item, done: false };
      if (this.#error !== null) throw this.#error;
      if (this.#isEnded) return { value: undefined, done: true };
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      this.open();
      if (this.#held.length === 0) await woken;
    }
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#isEnded = true;
    this.#held.length = 0;
    this.#rest();
    this.#wake();
    this.#producer.onEnd();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #rest(): void {
    this.#running?.close();
    this.#running = null;
  }
}
