import type { EngineEvent } from '../../protocol/engine-event.ts';
import { isAnomaly } from '../../protocol/event-kinds.ts';
import type { AnomalyRecord } from '../../protocol/results/anomaly-record.ts';

const KEPT_MS = 24 * 3_600_000;
/** Per program. The total limit keeps the list small enough for one response. */
const KEPT_OF_ONE = 100;
const KEPT_IN_ALL = 1_000;

/** The anomalies of the last 24 hours. They are read from events, so those of previous engines are included. */
export class AnomalyHistory {
  #records: AnomalyRecord[] = [];

  /** Adds the anomalies among these events, which are in chronological order. */
  take(events: readonly EngineEvent[]): void {
    const found = events.flatMap(recordOf);
    if (found.length === 0) return;
    this.#records.push(...found);
    for (const { id } of found) this.#trim(id);
    this.#records = this.#records.slice(-KEPT_IN_ALL);
  }

  /** Returns the anomalies of one program, or of all, oldest first. */
  since(nowMs: number, id?: string): readonly AnomalyRecord[] {
    return this.#records.filter(
      (record) => (id === undefined || record.id === id) && nowMs - Date.parse(record.at) < KEPT_MS,
    );
  }

  forget(id: string): void {
    this.#records = this.#records.filter((record) => record.id !== id);
  }

  #trim(id: string): void {
    const own = this.#records.filter((record) => record.id === id);
    const surplus = new Set(own.slice(0, Math.max(0, own.length - KEPT_OF_ONE)));
    if (surplus.size > 0) this.#records = this.#records.filter((record) => !surplus.has(record));
  }
}

function recordOf({ seq, time, kind, process: id, pid, reason, data }: EngineEvent): AnomalyRecord[] {
  if (id === null || !isAnomaly(kind)) return [];
  const { action, ...figures } = data;
  return [
    { seq, id, at: time, kind, pid, evidence: reason, figures, action: typeof action === 'string' ? action : 'log' },
  ];
}
