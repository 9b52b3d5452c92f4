/** The queue length at which the producer is stopped until the consumer has caught up. */
const MAX_QUEUED = 2_000;

interface Producer {
  /** Starts, or continues where it was stopped. */
  start(): { close(): void };
  /** Called when the consumer stops iterating. */
  onEnd(): void;
}

/**
 * Turns pushed items into an async iterator with bounded memory. When the consumer falls behind, the producer is stopped;
 * it is started again, and continues where it stopped, once the queue is empty.
 */
export class MessageQueue<T> implements AsyncIterableIterator<T> {
  readonly #producer: Producer;
  readonly #queued: T[] = [];
  #running: { close(): void } | null = null;
  #error: Error | null = null;
  #isEnded = false;
  #wake: () => void = () => undefined;

  constructor(producer: Producer) {
    this.#producer = producer;
  }

  /** Starts the producer before the first item is requested, so that none is missed in between. */
  open(): this {
    this.#running ??= this.#producer.start();
    return this;
  }

  /** Queues items. */
  push(...items: readonly T[]): void {
    this.#queued.push(...items);
    if (this.#queued.length >= MAX_QUEUED) this.#stopProducer();
    this.#wake();
  }

  /** Lets the iterator throw once the queue is empty. */
  fail(error: Error): void {
    this.#error = error;
    this.#stopProducer();
    this.#wake();
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      const item = this.#queued.shift();
      if (item !== undefined) return { value: item, done: false };
      if (this.#error !== null) throw this.#error;
      if (this.#isEnded) return { value: undefined, done: true };
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      this.open();
      if (this.#queued.length === 0) await woken;
    }
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#isEnded = true;
    this.#queued.length = 0;
    this.#stopProducer();
    this.#wake();
    this.#producer.onEnd();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #stopProducer(): void {
    this.#running?.close();
    this.#running = null;
  }
}
