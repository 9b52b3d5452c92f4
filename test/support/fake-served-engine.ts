import type { LogBatch, RowChanges, ServedEngine } from '../../src/engine/access/served-engine.ts';
import type { EngineEvent } from '../../src/protocol/engine-event.ts';
import { HealerError } from '../../src/protocol/errors.ts';
import type { LogLine } from '../../src/protocol/log-line.ts';
import { type ApiMethod, METHODS } from '../../src/protocol/methods/methods.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/protocol-version.ts';
import { type SnapshotRow, withUptime } from '../../src/protocol/snapshot.ts';
import { engineEvent, engineStatus, programRow } from './program-row.ts';

type FollowLog = ServedEngine['followLog'];

/** The engine behind a server, in memory and controlled by the test. */
export class FakeServedEngine {
  /** The number of events before the existing ones that the history no longer has. */
  missed = 0;
  readonly rows = new Map<string, SnapshotRow>();
  readonly events: EngineEvent[] = [];
  /** All calls of handlers. */
  readonly calls: { readonly method: ApiMethod; readonly params: unknown }[] = [];
  readonly follows: { readonly onBatch: Parameters<FollowLog>[2]; readonly signal: AbortSignal }[] = [];
  answerTo: (method: ApiMethod, params: unknown) => unknown = (method) => this.#usualAnswer(method);
  readonly #rowWatchers = new Set<RowChanges>();
  readonly #eventWatchers = new Set<() => void>();

  get watchers(): number {
    return this.#rowWatchers.size + this.#eventWatchers.size;
  }

  putRow(id: string, changes: Partial<SnapshotRow> = {}): void {
    this.rows.set(id, programRow({ ...changes, id }));
    for (const { changed } of this.#rowWatchers) changed(id);
  }

  removeRow(id: string): void {
    this.rows.delete(id);
    for (const { removed } of this.#rowWatchers) removed(id);
  }

  putEvents(count: number, changes: Partial<EngineEvent> = {}): void {
    for (let index = 0; index < count; index++) this.events.push(engineEvent(this.events.length + 1, changes));
    for (const onEvents of this.#eventWatchers) onEvents();
  }

  readonly served: ServedEngine = {
    hello: { protocol: PROTOCOL_VERSION, version: '0.1.0', instance: 'default', pid: process.pid },
    handlers: this.#handlers(),
    status: () => engineStatus(),
    row: (id) => this.rows.get(id),
    ids: () => [...this.rows.keys()],
    watchRows: (changes) => {
      this.#rowWatchers.add(changes);
      return () => this.#rowWatchers.delete(changes);
    },
    lastSeq: () => this.events.length,
    eventsAfter: (seq) => ({ events: this.events.slice(seq), missed: seq === 0 ? this.missed : 0 }),
    watchEvents: (onEvents) => {
      this.#eventWatchers.add(onEvents);
      return () => this.#eventWatchers.delete(onEvents);
    },
    followLog: (id, _from, onBatch, signal, ending) => {
      if (!this.rows.has(id)) throw new HealerError('PROCESS_NOT_FOUND', `no program is called "${id}"`, { id });
      return new Promise((resolve) => {
        this.follows.push({ onBatch, signal });
        ending?.addEventListener('abort', () => resolve(), { once: true });
      });
    },
  };

  #handlers(): ServedEngine['handlers'] {
    const handle = (method: ApiMethod) => (params: unknown) => {
      this.calls.push({ method, params });
      return this.answerTo(method, params);
    };
    const methods = Object.keys(METHODS) as ApiMethod[];
    return Object.fromEntries(methods.map((method) => [method, handle(method)])) as unknown as ServedEngine['handlers'];
  }

  #usualAnswer(method: ApiMethod): unknown {
    if (method === 'list') return [...this.rows.values()].map((row) => withUptime(row, Date.now()));
    return method === 'status' ? engineStatus() : null;
  }
}

export function batchOf(...lines: readonly LogLine[]): LogBatch {
  return { lines, skipped: 0, cursorAfter: (count) => `a.b:0:${String(count)}` };
}

export function logLine(text: string): LogLine {
  return { time: '2026-11-21T09:34:10.123Z', stream: 'stdout', text, partial: false };
}
