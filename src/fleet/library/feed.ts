import { onAbort } from '../../base/on-abort.ts';

/** From this many items on, `hasRoom` waits. */
const FULL = 1_000;

interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

interface FeedOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once, when the iteration has ended for whatever reason. */
  readonly onEnd: () => void;
}

/**
 * An async iterator over items that have keys: an item replaces one with the same key that was not taken yet. A consumer that
 * falls behind therefore gets the latest state of everything, and memory stays bounded.
 */
export class Feed<T> implements AsyncIterableIterator<T, undefined> {
  readonly #items = new Map<unknown, T>();
  readonly #waiters: Waiter<T>[] = [];
  readonly #onEnd: () => void;
  #onRoom: (() => void)[] = [];
  #failure: { readonly error: unknown } | null = null;
  #isEnded = false;
  #stopListening: () => void = () => undefined;

  constructor({ signal, onEnd }: FeedOptions) {
    this.#onEnd = onEnd;
    this.#stopListening = onAbort(signal, () => {
      this.#items.clear();
      this.fail(signal?.reason);
    });
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  put(key: unknown, item: T): void {
    if (this.#isEnded || this.#failure !== null) return;
    this.#items.set(key, item);
    this.#serve();
  }

  /** Resolves once the consumer has caught up, or the iteration has ended. */
  async hasRoom(): Promise<void> {
    while (this.#items.size >= FULL && !this.#isEnded) {
      await new Promise<void>((resolve) => this.#onRoom.push(resolve));
    }
  }

  /** Ends the iteration with an error, after the items that were put before. */
  fail(error: unknown): void {
    if (this.#isEnded) return;
    this.#failure ??= { error };
    this.#serve();
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

  [Symbol.asyncIterator](): this {
    return this;
  }

  #serve(): void {
    while (this.#waiters.length > 0 && this.#items.size > 0) {
      for (const [key, item] of this.#items) {
        this.#items.delete(key);
        this.#waiters.shift()?.resolve({ value: item, done: false });
        break;
      }
    }
    if (this.#items.size < FULL) this.#wake();
    if (this.#failure === null || this.#items.size > 0 || this.#waiters.length === 0) return;
    const first = this.#waiters.shift();
    this.#end();
    first?.reject(this.#failure.error);
  }

  #wake(): void {
    for (const wake of this.#onRoom.splice(0)) wake();
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#items.clear();
    this.#stopListening();
    this.#wake();
    for (const { resolve } of this.#waiters.splice(0)) resolve({ value: undefined, done: true });
    this.#onEnd();
  }
}
