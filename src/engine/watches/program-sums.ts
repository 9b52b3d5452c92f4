import type { EngineEvent } from '../../protocol/engine-event.ts';
import { isAnomaly } from '../../protocol/event-kinds.ts';

/** Totals of a program since the engine started. */
interface Totals {
  cpuSeconds: number;
  sampledAtMs: number | null;
  cooldowns: number;
  readonly restarts: Map<string, number>;
  readonly anomalies: Map<string, number>;
}

/** A longer gap between two samples means that the machine was suspended and used no CPU. */
const LONGEST_GAP_MS = 5_000;

/** Totals that only increase, for clients such as Prometheus that read them from time to time and must miss nothing in between. */
export class ProgramSums {
  readonly #totals = new Map<string, Totals>();

  of(id: string): Readonly<Omit<Totals, 'sampledAtMs'>> {
    return this.#totals.get(id) ?? empty();
  }

  /** @param nowMs never runs backwards */
  addUsage(id: string, cpuPercent: number | null, nowMs: number): void {
    const totals = this.#own(id);
    const gapMs = totals.sampledAtMs === null ? 0 : Math.min(LONGEST_GAP_MS, nowMs - totals.sampledAtMs);
    totals.sampledAtMs = nowMs;
    totals.cpuSeconds += ((cpuPercent ?? 0) / 100) * (gapMs / 1000);
  }

  addEvents(events: readonly EngineEvent[]): void {
    for (const { kind, process, data } of events) {
      if (process === null) continue;
      const { cause } = data;
      if (kind === 'restarted') increase(this.#own(process).restarts, typeof cause === 'string' ? cause : 'unknown');
      if (kind === 'cooldown-started') this.#own(process).cooldowns++;
      if (isAnomaly(kind)) increase(this.#own(process).anomalies, kind);
    }
  }

  forget(id: string): void {
    this.#totals.delete(id);
  }

  #own(id: string): Totals {
    const totals = this.#totals.get(id) ?? empty();
    this.#totals.set(id, totals);
    return totals;
  }
}

function empty(): Totals {
  return { cpuSeconds: 0, sampledAtMs: null, cooldowns: 0, restarts: new Map(), anomalies: new Map() };
}

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
