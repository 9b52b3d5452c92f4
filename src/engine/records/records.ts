import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { Recorder } from '../core/ports.ts';
import { toRecord } from '../store/program-record.ts';
import type { Stores } from '../store/stores.ts';

/** How often what a full disk refused is tried again. */
const RETRY_MS = 1_000;

/**
 * Everything the engine writes down, written once a burst. A disk that takes nothing stops nothing: what is refused
 * waits (bounded), is tried each second, and the trouble is told once when it begins and once when it ends.
 */
export class Records implements Recorder {
  readonly #stores: Stores;
  readonly #wallNow: () => number;
  readonly #onEvents: (events: readonly EngineEvent[]) => void;
  #trouble: string | null = null;
  #retry: NodeJS.Timeout | undefined;

  constructor(stores: Stores, wallNow: () => number, onEvents: (events: readonly EngineEvent[]) => void) {
    this.#stores = stores;
    this.#wallNow = wallNow;
    this.#onEvents = onEvents;
  }

  /** What keeps the engine from writing, while it does. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Adds an event, to be written and published with the next commit. */
  readonly record: Recorder['record'] = (draft) => {
    this.#stores.events.add(draft, this.#wallNow());
  };

  /** Adds an event about the engine itself. */
  recordEngineEvent(kind: EngineEvent['kind'], reason: string, data: EngineEvent['data'] = {}): void {
    this.record({ kind, process: null, pid: null, reason, data });
  }

  /** Adds an event about the engine itself, and commits it at once. */
  announce(kind: EngineEvent['kind'], reason: string, data?: EngineEvent['data']): void {
    this.recordEngineEvent(kind, reason, data);
    this.commit();
  }

  change({ id, program }: ManagedProgram): void {
    this.#stores.state.putProgram(id, toRecord(program));
    this.#stores.cooldown.put(id, program);
  }

  /** On disk at once: the start that follows may be the last thing this engine does. */
  flush(): void {
    this.#stores.state.commit();
  }

  forget({ id }: ManagedProgram): void {
    this.#stores.state.remove(id);
    this.#stores.cooldown.remove(id);
  }

  commit(): void {
    const state = this.#stores.state.commit();
    const replaced = this.#stores.cooldown.commit() ?? this.#stores.holds.commit();
    const { events, result } = this.#stores.events.commit();
    if (events.length > 0) this.#onEvents(events);
    this.#note(state.problem ?? replaced ?? result.problem, state.dropped + result.dropped);
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#stores.state.close();
    this.#stores.events.close();
  }

  #note(problem: string | null, dropped: number): void {
    clearTimeout(this.#retry);
    if (problem !== null) this.#retry = setTimeout(() => this.commit(), RETRY_MS);
    const began = problem !== null && this.#trouble === null;
    const ended = problem === null && this.#trouble !== null;
    this.#trouble = problem;
    if (began) this.recordEngineEvent('engine-degraded', `cannot write state and events: ${problem}; healing goes on`);
    if (ended)
      this.recordEngineEvent('engine-degraded', 'state and events can be written again', { linesLost: dropped });
    if (ended) this.commit();
  }
}
