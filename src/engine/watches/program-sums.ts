import type { ProgramTotals } from '../../policy/figures.ts';
import type { Run } from '../../policy/lifecycle/state.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import { isAnomaly } from '../../protocol/event-kinds.ts';
import type { WitnessedExit } from '../logs/files/log-transport.ts';
import type { TreeCpu } from '../sampling/sampler.ts';
import type { LoadedTotals, StoredTotals, TotalsFile } from '../store/totals-file.ts';
import { ProgramCpu, type RunEnd } from './program-cpu.ts';

interface Totals {
  readonly sinceMs: number;
  readonly cpu: ProgramCpu;
  cooldowns: number;
  readonly restarts: Map<string, number>;
  readonly anomalies: Map<string, number>;
  /** What the file says about `cpu`, in seconds. */
  storedCpuSeconds: number;
}

/** Totals of programs that were removed are kept, up to this number: a program that is added again continues them. */
const KEPT_REMOVED = 1_000;

/**
 * Totals that only increase, for clients such as Prometheus that read them from time to time and must miss nothing in between.
 * They continue with the next engine, and when a program is removed and added again.
 */
export class ProgramSums {
  readonly #file: Pick<TotalsFile, 'append' | 'rewrite'>;
  readonly #wallNow: () => number;
  readonly #totals = new Map<string, Totals>();
  /** Programs that are not managed now, those removed first at the beginning. */
  readonly #removed = new Set<string>();
  readonly #unsaved = new Set<string>();
  #seq = 0;

  constructor(file: Pick<TotalsFile, 'append' | 'rewrite'>, wallNow: () => number) {
    this.#file = file;
    this.#wallNow = wallNow;
  }

  of(id: string): ProgramTotals {
    const { sinceMs, cpu, cooldowns, restarts, anomalies } = this.#own(id);
    return { sinceMs, cpuSeconds: cpu.seconds, cooldowns, restarts, anomalies };
  }

  /** Continues the totals of the previous engine, with events and exits that it had no time to save. */
  recall({ totals, exists }: LoadedTotals, events: readonly EngineEvent[], exits: readonly WitnessedExit[]): void {
    for (const stored of totals.values()) {
      this.#totals.set(stored.id, recalled(stored));
      this.#removed.add(stored.id);
      this.#seq = Math.max(this.#seq, stored.seq);
    }
    if (exists) this.addEvents(events.filter(({ seq }) => seq > this.#seq));
    this.#seq = Math.max(this.#seq, events.at(-1)?.seq ?? 0);
    for (const { id, run, pid, cpuSeconds } of exits) {
      if (cpuSeconds !== undefined) this.#changed(id).cpu.endUnseen({ run, pid, cpuSeconds });
    }
  }

  takeSample(id: string, run: Run, cpu: TreeCpu): void {
    this.#own(id).cpu.take(run, cpu);
  }

  endRun(id: string, end: RunEnd): void {
    this.#changed(id).cpu.end(end);
  }

  addCpu(id: string, seconds: number): void {
    this.#changed(id).cpu.add(seconds);
  }

  addEvents(events: readonly EngineEvent[]): void {
    for (const { seq, kind, process, data } of events) {
      this.#seq = seq;
      if (process === null) continue;
      const { cause } = data;
      if (kind === 'restarted')
        increase(this.#changed(process).restarts, typeof cause === 'string' ? cause : 'unknown');
      if (kind === 'cooldown-started') this.#changed(process).cooldowns++;
      if (isAnomaly(kind)) increase(this.#changed(process).anomalies, kind);
    }
  }

  /** Notes that a program was removed. */
  forget(id: string): void {
    if (!this.#totals.has(id)) return;
    this.#removed.add(id);
    this.#unsaved.add(id);
    if (this.#removed.size <= KEPT_REMOVED) return;
    const [oldest] = this.#removed;
    if (oldest === undefined) return;
    this.#removed.delete(oldest);
    this.#unsaved.delete(oldest);
    this.#totals.delete(oldest);
  }

  /** Saves totals after an event or the exit of a run. */
  save(): void {
    if (this.#unsaved.size > 0) this.#append([...this.#unsaved]);
  }

  /** Saves all totals that have changed: what was shown once must not decrease, even if the engine is killed. */
  saveAll(): void {
    for (const [id, { cpu, storedCpuSeconds }] of this.#totals) {
      if (cpu.seconds !== storedCpuSeconds) this.#unsaved.add(id);
    }
    this.save();
  }

  #append(ids: readonly string[]): void {
    this.#unsaved.clear();
    const changed = ids.flatMap((id) => this.#stored(id));
    this.#file.append(changed, () => [...this.#totals.keys()].flatMap((id) => this.#stored(id)));
  }

  #stored(id: string): StoredTotals[] {
    const totals = this.#totals.get(id);
    if (totals === undefined) return [];
    const { sinceMs, cpu, cooldowns, restarts, anomalies } = totals;
    totals.storedCpuSeconds = cpu.seconds;
    const counts = { restarts: Object.fromEntries(restarts), anomalies: Object.fromEntries(anomalies) };
    return [{ id, since: sinceMs, cpu: cpu.record, cooldowns, ...counts, seq: this.#seq }];
  }

  #changed(id: string): Totals {
    this.#unsaved.add(id);
    return this.#own(id);
  }

  #own(id: string): Totals {
    if (this.#removed.size > 0) this.#removed.delete(id);
    let totals = this.#totals.get(id);
    if (totals === undefined) {
      totals = emptySince(this.#wallNow());
      this.#totals.set(id, totals);
      this.#unsaved.add(id);
    }
    return totals;
  }
}

function emptySince(sinceMs: number): Totals {
  return {
    sinceMs,
    cpu: new ProgramCpu(),
    cooldowns: 0,
    restarts: new Map(),
    anomalies: new Map(),
    storedCpuSeconds: 0,
  };
}

function recalled({ since, cpu, cooldowns, restarts, anomalies }: StoredTotals): Totals {
  return {
    sinceMs: since,
    cpu: new ProgramCpu(cpu),
    cooldowns,
    restarts: new Map(Object.entries(restarts)),
    anomalies: new Map(Object.entries(anomalies)),
    storedCpuSeconds: cpu.seconds,
  };
}

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
