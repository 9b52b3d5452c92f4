import type { ServedEngine } from '../access/served-engine.ts';

/** Calls back when programs are removed. Watches events only while a stream waits. */
export class RemovalFeed {
  readonly #engine: Pick<ServedEngine, 'lastSeq' | 'eventsAfter' | 'watchEvents'>;
  readonly #waiting = new Map<string, Set<() => void>>();
  #stopWatching: (() => void) | null = null;
  #seenSeq = 0;

  constructor(engine: Pick<ServedEngine, 'lastSeq' | 'eventsAfter' | 'watchEvents'>) {
    this.#engine = engine;
  }

  /** Calls back once when the program is removed. Returns a function that stops waiting. */
  wait(id: string, onRemoved: () => void): () => void {
    if (this.#stopWatching === null) {
      this.#seenSeq = this.#engine.lastSeq();
      this.#stopWatching = this.#engine.watchEvents(() => this.#look());
    }
    const callbacks = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, callbacks.add(onRemoved));
    return () => {
      callbacks.delete(onRemoved);
      if (callbacks.size === 0 && this.#waiting.get(id) === callbacks) this.#waiting.delete(id);
      if (this.#waiting.size > 0) return;
      this.#stopWatching?.();
      this.#stopWatching = null;
    };
  }

  #look(): void {
    const { events } = this.#engine.eventsAfter(this.#seenSeq);
    this.#seenSeq = this.#engine.lastSeq();
    for (const { kind, process } of events) {
      if (kind !== 'removed' || process === null) continue;
      const callbacks = this.#waiting.get(process) ?? [];
      this.#waiting.delete(process);
      for (const callback of callbacks) callback();
    }
  }
}
