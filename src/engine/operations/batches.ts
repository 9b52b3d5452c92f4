import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import { groupInstances } from '../../config/sources/grouped-specs.ts';
import { endInOrder } from './end-in-order.ts';
import { restartInOrder } from './restart-in-order.ts';

/** Names the command that a request is part of, and the number of requests of that command. */
export interface BatchRef {
  readonly key: string;
  readonly size: number;
}

type BatchedOperation = 'stop' | 'restart' | 'kill' | 'disable' | 'remove';

interface Batch {
  readonly members: Map<string, () => Promise<void>>;
  readonly cancelTimer: () => void;
}

/** Restarts a program with its dependency; the promise settles once it has exited. */
export type RestartWith = (id: string, dependency: string) => Promise<unknown>;

/** Requests of one command arrive together. If some are missing after this time, the others are performed. */
const COLLECT_MS = 1_000;

/** Performs the requests of one command in the order of dependencies: dependents are ended before what they depend on. */
export class Batches {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #open = new Map<string, Batch>();
  readonly #restartWith: RestartWith;
  /** Numbers the requests that are no part of a batch. */
  #last = 0;

  constructor(engine: Engine, clock: Clock, restartWith: RestartWith) {
    this.#engine = engine;
    this.#clock = clock;
    this.#restartWith = restartWith;
  }

  /**
   * Performs a request once all requests of its command have arrived and its dependents have exited.
   * @param perform posts the operation before it returns; its promise settles once the operation is complete
   */
  run<T>(operation: BatchedOperation, id: string, ref: BatchRef | undefined, perform: () => Promise<T>): Promise<T> {
    // A restart may include the programs that depend on this one.
    if (ref === undefined && operation !== 'restart') return perform();
    const { key: name, size } = ref ?? { key: `alone ${String((this.#last += 1))}`, size: 1 };
    const key = `${operation} ${name}`;
    const batch = this.#open.get(key) ?? this.#begin(operation, key);
    if (batch.members.has(id)) return perform();
    return new Promise((resolve, reject) => {
      batch.members.set(id, () => perform().then(resolve, reject));
      if (batch.members.size >= size) this.#perform(operation, key, batch);
    });
  }

  #begin(operation: BatchedOperation, key: string): Batch {
    const cancelTimer = this.#clock.after(COLLECT_MS, () => this.#perform(operation, key, batch));
    const batch: Batch = { members: new Map(), cancelTimer };
    this.#open.set(key, batch);
    return batch;
  }

  #perform(operation: BatchedOperation, key: string, { members, cancelTimer }: Batch): void {
    cancelTimer();
    this.#open.delete(key);
    const ids = new Set(members.keys());
    if (operation === 'restart') {
      restartInOrder(this.#engine, ids, (id, dependency) =>
        dependency === null ? (members.get(id)?.() ?? Promise.resolve()) : this.#restartWith(id, dependency),
      );
      return;
    }
    const specs = [...this.#engine.programs.values()].map(({ program }) => program.spec);
    // A removal names definitions, which may have several instances.
    endInOrder(
      ids,
      operation === 'remove' ? groupInstances(specs, ids) : specs,
      (id) => members.get(id)?.() ?? Promise.resolve(),
    );
  }
}
