/** The queue length at which the producer is stopped until the consumer has caught up. */
const MAX_QUEUED = 2_000;

interface Producer {
  /** Starts, or continues where it was stopped. */
  start(): { close(): void };
  /** Called once, when the iteration has ended for whatever reason. */
  onEnd(): void;
}

/** An item, or a step that runs when the consumer has received all items before it; a step that throws ends the iteration. */
type Entry<T> = { readonly item: T } | { readonly step: () => void };

interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Turns pushed items into an async iterator with bounded memory. When the consumer falls behind, the producer is stopped;
 * it is started again, and continues where it stopped, once the queue is empty.
 *
 * Concurrent calls of `next` are answered in order. An error is thrown once, after the items before it; from then on, and
 * after `return` or `throw`, the iterator is done, as the language specifies for async generators
 * (https://tc39.es/ecma262/#sec-asyncgenerator-objects). Unlike there, `return` does not wait for the next item: it ends
 * calls of `next` that are pending.
 */
export class MessageQueue<T> implements AsyncIterableIterator<T, undefined> {
  readonly #producer: Producer;
  readonly #queued: Entry<T>[] = [];
  readonly #waiters: Waiter<T>[] = [];
  #running: { close(): void } | null = null;
  #failure: { readonly error: unknown } | null = null;
  #isEnded = false;
  #isServing = false;

  constructor(producer: Producer) {
    this.#producer = producer;
  }

  /** Starts the producer before the first item is requested, so that none is missed in between. */
  open(): this {
    if (!this.#isEnded && this.#failure === null) this.#running ??= this.#producer.start();
    return this;
  }

  /** Queues items. */
  push(...items: readonly T[]): void {
    this.#queue(items.map((item) => ({ item })));
  }

  /** Queues a step, which runs between the items before it and those after it. */
  pushStep(step: () => void): void {
    this.#queue([{ step }]);
  }

  /** Ends the iteration with an error once the queue is empty. */
  fail(error: unknown): void {
    if (this.#isEnded) return;
    this.#failure ??= { error };
    this.#stopProducer();
    this.#serve();
  }

  /** Drops what is queued and ends the iteration with an error now. */
  abort(error: unknown): void {
    this.#queued.length = 0;
    this.fail(error);
  }

  /** Ends the iteration once the queue is empty. */
  finish(): void {
    if (this.#isEnded) return;
    this.pushStep(() => this.#end());
    this.#stopProducer();
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#isEnded) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#serve();
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#end();
    return Promise.resolve({ value: undefined, done: true });
  }

  throw(error: unknown): Promise<IteratorResult<T, undefined>> {
    this.#end();
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #queue(entries: readonly Entry<T>[]): void {
    if (this.#isEnded) return;
    this.#queued.push(...entries);
    if (this.#queued.length >= MAX_QUEUED) this.#stopProducer();
    this.#serve();
  }

  /** Answers as many waiting calls as possible. */
  #serve(): void {
    // A producer may push, fail or finish while it starts; then the running loop continues.
    if (this.#isServing) return;
    this.#isServing = true;
    while (this.#waiters.length > 0 && this.#serveFirst());
    this.#isServing = false;
  }

  /** Takes the next entry, or the failure, for the first waiting call. Returns false if there is neither. */
  #serveFirst(): boolean {
    if (this.#queued.length === 0) this.open();
    const entry = this.#queued.shift();
    if (entry === undefined && this.#failure !== null) this.#rejectFirst(this.#failure.error);
    else if (entry === undefined) return false;
    else if ('item' in entry) this.#waiters.shift()?.resolve({ value: entry.item, done: false });
    else this.#run(entry.step);
    return true;
  }

  #run(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#rejectFirst(error);
    }
  }

  #rejectFirst(error: unknown): void {
    const waiter = this.#waiters.shift();
    this.#end();
    waiter?.reject(error);
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#queued.length = 0;
    this.#stopProducer();
    for (const { resolve } of this.#waiters.splice(0)) resolve({ value: undefined, done: true });
    this.#producer.onEnd();
  }

  #stopProducer(): void {
    const running = this.#running;
    this.#running = null;
    running?.close();
  }
}
