import type { EngineEvent } from '../../protocol/engine-event.ts';
import { ActingCallers } from '../access/acting-callers.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { Recorder } from '../core/ports.ts';
import { Watchers } from '../core/watchers.ts';
import { toRecord } from '../store/program-record.ts';
import type { AppendResult } from '../store/append-file.ts';
import type { Stores } from '../store/stores.ts';

/** Interval between attempts to write data that a full disk refused. */
const RETRY_MS = 1_000;

/**
 * Records program state and events, and writes them once per burst. A full disk does not stop the engine: refused lines
 * are queued (up to a limit) and retried every second. The problem is reported once when it begins and once when it ends.
 */
export class Records implements Recorder {
  /** Events were committed, oldest first. */
  readonly onEvents = new Watchers<[readonly EngineEvent[]]>();
  /** The remote callers whose requests are being performed: the data of an event that one causes names it in `by`. */
  readonly acting = new ActingCallers();
  readonly #stores: Stores;
  readonly #wallNow: () => number;
  #problem: string | null = null;
  #rewrites = 0;
  #retry: NodeJS.Timeout | undefined;
  #postponed: NodeJS.Timeout | undefined;

  constructor(stores: Stores, wallNow: () => number) {
    this.#stores = stores;
    this.#wallNow = wallNow;
  }

  /** Why nothing can be written at the moment; null while writing works. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Adds an event, to be written and published with the next commit. */
  readonly record: Recorder['record'] = (draft) => {
    const by = this.acting.nameFor(draft.process);
    const named = by === null ? draft : { ...draft, data: { ...draft.data, by } };
    this.#stores.events.add(named, this.#wallNow());
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

  /**
   * Writes program state and events at once, before a start during which this engine may be killed: the next one then knows
   * about the start and about what led to it. Events are published with the next commit, which also checks the files: the
   * program does not wait for that.
   */
  flush(): void {
    this.#write(true);
  }

  forget({ id }: ManagedProgram): void {
    this.#stores.state.remove(id);
    this.#stores.cooldown.remove(id);
  }

  commit(): void {
    const state = this.#write(false);
    const replaced = this.#commitCooldowns() ?? this.#stores.holds.commit();
    const { events, result } = this.#stores.events.commit();
    if (events.length > 0) this.onEvents.emit(events);
    this.#note(state.problem ?? replaced ?? result.problem, state.dropped + result.dropped);
  }

  close(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#postponed);
    this.#stores.cooldown.flush(this.#stores.events.lastSeq);
    this.#stores.state.close();
    this.#stores.events.close();
  }

  #commitCooldowns(): string | null {
    const { cooldown, events } = this.#stores;
    const problem = cooldown.commit(events.lastSeq);
    const { dueInMs } = cooldown;
    if (problem === null && dueInMs !== null) {
      this.#postponed ??= setTimeout(() => {
        this.#postponed = undefined;
        this.commit();
      }, dueInMs);
    }
    return problem;
  }

  #write(isUrgent: boolean): AppendResult {
    const { state, events } = this.#stores;
    // Events first: a kill in between must not leave a number in the state file that no event has.
    const result = events.write(isUrgent);
    state.putSeq(events.lastSeq);
    const written = state.commit(isUrgent);
    if (events.rewrites > this.#rewrites) this.#reportRewrite(events.rewrites);
    return {
      written: written.written && result.written,
      problem: written.problem ?? result.problem,
      dropped: written.dropped + result.dropped,
    };
  }

  #reportRewrite(rewrites: number): void {
    this.#rewrites = rewrites;
    this.recordEngineEvent('file-corrupt', 'healing.log was removed or replaced; it was rewritten from memory');
  }

  #note(problem: string | null, dropped: number): void {
    clearTimeout(this.#retry);
    if (problem !== null) this.#retry = setTimeout(() => this.commit(), RETRY_MS);
    const began = problem !== null && this.#problem === null;
    const ended = problem === null && this.#problem !== null;
    this.#problem = problem;
    if (began) {
      const reason = `cannot write state and events: ${problem}; healing continues, and the write is retried every second`;
      this.recordEngineEvent('engine-degraded', reason);
    }
    if (ended) this.announce('engine-degraded', 'state and events are being written again', { linesLost: dropped });
  }
}
