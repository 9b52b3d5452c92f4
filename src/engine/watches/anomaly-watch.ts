import { freemem } from 'node:os';
import { type DetectorInput, type DetectorSample, DETECTORS } from '../../policy/anomaly/detectors.ts';
import { parseRestartWindow } from '../../policy/anomaly/leak-response.ts';
import { readProcessLimit } from '../../base/process-limits.ts';
import { NO_MEMORY, type RunMemory } from '../../policy/anomaly/run-memory.ts';
import type { FactOf } from '../../policy/lifecycle/facts.ts';
import type { MainProcess } from '../../policy/lifecycle/state.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import { withHostPressure } from '../sampling/host-pressure.ts';
import type { TreeUsage } from '../sampling/sampler.ts';
import type { LearnedStore } from '../store/learned-files.ts';
import { reportOf } from './anomaly-report.ts';
import { WatchedRun } from './watched-run.ts';

type AnomalyFact = FactOf<'anomalyFound'>;

const MS_PER_S = 1_000;
const BYTES_PER_MB = 2 ** 20;
/** How often what was learned is saved. An engine that is killed loses at most this. */
const SAVE_EVERY_S = 120;
/** Before the first save, the pid spreads the programs over the interval. */
const firstSaveAt = (t: number, pid: number): number => t + SAVE_EVERY_S / 2 + (pid % SAVE_EVERY_S);

interface AnomalyWatchParts {
  readonly store?: LearnedStore;
  readonly wallNow?: () => number;
}

/** A run whose sample is being taken, with what the detectors have found in it. */
interface Observed {
  readonly id: string;
  readonly run: MainProcess;
  readonly watched: WatchedRun;
  readonly found: AnomalyFact[];
}

/**
 * Feeds the usage of programs to their detectors and returns what they found. What a detector has learned of a run is saved,
 * so that the next engine continues with it, and what it has learned of the program is passed on to its next run.
 */
export class AnomalyWatch {
  readonly #byId = new Map<string, WatchedRun>();
  readonly #store: LearnedStore | undefined;
  readonly #wallNow: () => number;
  #hostFreeMb = Infinity;
  #hostReadAt = -Infinity;

  constructor({ store, wallNow = Date.now }: AnomalyWatchParts = {}) {
    this.#store = store;
    this.#wallNow = wallNow;
  }

  /**
   * Takes one sample of a run.
   *
   * @param monoMs a clock that never runs backwards
   */
  take(entry: ManagedProgram, run: MainProcess, usage: TreeUsage, monoMs: number): AnomalyFact[] {
    const { cpuPercent, threads, openDescriptors } = usage;
    const t = monoMs / MS_PER_S;
    const observed = this.#observe(entry, run, t);
    this.#push(observed, 'memory', { t, ...allocatedIn(usage), hostFreeMb: this.#readHost(t) });
    if (cpuPercent !== null) this.#push(observed, 'cpu', { t, value: cpuPercent });
    if (openDescriptors !== undefined) {
      const limitOf = (): number => readProcessLimit(run.pid, 'Max open files')?.soft ?? Infinity;
      this.#push(observed, 'descriptors', { t, value: openDescriptors, limitOf });
    }
    if (threads !== undefined) {
      const limitOf = (): number => threadLimit(entry, run.pid);
      this.#push(observed, 'threads', { t, value: threads, limitOf });
    }
    const { watched, found } = observed;
    if (t >= watched.saveAt) {
      watched.saveAt = t + SAVE_EVERY_S;
      this.#save(entry.id, watched);
    }
    return found;
  }

  /** Takes the number of descendants, which is also counted between two samples. */
  takeDescendants(entry: ManagedProgram, run: MainProcess, descendants: number, monoMs: number): AnomalyFact[] {
    const t = monoMs / MS_PER_S;
    const observed = this.#observe(entry, run, t);
    this.#push(observed, 'descendants', { t, value: descendants });
    return observed.found;
  }

  /** Returns what the runs of a program have taught. */
  memoryOf(id: string): RunMemory {
    const watched = this.#byId.get(id);
    return watched?.learned(this.#wallNow()).memory ?? this.#store?.load(id)?.memory ?? NO_MEMORY;
  }

  /** Saves everything that was learned. */
  saveAll(): void {
    for (const [id, watched] of this.#byId) this.#save(id, watched);
  }

  forget(id: string): void {
    this.#byId.delete(id);
    this.#store?.forget(id);
  }

  #observe(entry: ManagedProgram, run: MainProcess, t: number): Observed {
    return { id: entry.id, run, watched: this.#watchedOf(entry, run, t), found: [] };
  }

  #push({ id, run, watched, found }: Observed, input: DetectorInput, sample: DetectorSample): void {
    for (const stream of watched.streams) {
      if (stream.input !== input) continue;
      const finding = stream.push(sample);
      if (finding?.anomaly !== true || finding.evidence === null) continue;
      const report = reportOf(watched, stream.name, finding, { t: sample.t, minuteOfDay: this.#minuteOfDay() });
      if (report === null) continue;
      if (stream.name === 'leak') this.#save(id, watched);
      const { action } = report;
      const evidence = stream.name === 'leak' ? withHostPressure(report.evidence) : report.evidence;
      found.push({ kind: 'anomalyFound', of: run, anomaly: DETECTORS[stream.name].event, action, evidence });
    }
  }

  #watchedOf({ id, program }: ManagedProgram, run: MainProcess, t: number): WatchedRun {
    const { anomaly, limits } = program.spec;
    const known = this.#byId.get(id);
    if (known?.isOf(run.number, anomaly, limits) === true) return known;
    const learned = known?.learned(this.#wallNow()) ?? this.#store?.load(id) ?? null;
    const restartWindow = anomaly.leak.restartWindow === null ? null : parseRestartWindow(anomaly.leak.restartWindow);
    const watched = new WatchedRun({ run, anomaly, limits, restartWindow, saveAt: firstSaveAt(t, run.pid) });
    watched.continueFrom(learned, this.#wallNow());
    this.#byId.set(id, watched);
    return watched;
  }

  #save(id: string, watched: WatchedRun): void {
    this.#store?.save(id, watched.learned(this.#wallNow()));
  }

  #minuteOfDay(): number {
    const now = new Date(this.#wallNow());
    return now.getHours() * 60 + now.getMinutes();
  }

  /** Reads the free memory once per tick, not once per program. */
  #readHost(t: number): number {
    if (t - this.#hostReadAt >= 0.5) {
      this.#hostReadAt = t;
      this.#hostFreeMb = freemem() / BYTES_PER_MB;
    }
    return this.#hostFreeMb;
  }
}

/**
 * Returns the memory that a trend is judged by: what the program has allocated, or resident memory where only that is known.
 * Mapped files and shared memory count towards the limit only.
 */
function allocatedIn({
  memoryMb,
  residentMb = memoryMb,
  anonymousMb,
}: TreeUsage): Pick<DetectorSample, 'value' | 'otherMb' | 'measure'> {
  if (anonymousMb === undefined) return { value: residentMb, measure: 'resident' };
  return { value: anonymousMb, otherMb: Math.max(0, memoryMb - anonymousMb), measure: 'anonymous' };
}

/** Threads count as processes of the user; root may have any number. */
function threadLimit({ program: { spec } }: ManagedProgram, pid: number): number {
  const isRoot = process.geteuid?.() === 0 && spec.user === null;
  return isRoot ? Infinity : (readProcessLimit(pid, 'Max processes')?.soft ?? Infinity);
}
