import { freemem } from 'node:os';
import type { Detector, Finding } from '../../policy/anomaly/detector.ts';
import { type DetectorInput, DETECTORS } from '../../policy/anomaly/detectors.ts';
import type { LeakSample } from '../../policy/anomaly/leak-detector.ts';
import type { FactOf } from '../../policy/lifecycle/facts.ts';
import type { MainProcess } from '../../policy/lifecycle/state.ts';
import type { AnomalyKind, DetectorName } from '../../protocol/event-kinds.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { TreeUsage } from '../sampling/sampler.ts';
import { MinuteMean } from './minute-mean.ts';

type AnomalyFact = FactOf<'anomalyFound'>;

/** An anomaly that persists is reported, and acted on, again after this time: healing may be possible by then. */
const REPORT_AGAIN_S = 30 * 60;
const MS_PER_S = 1_000;
const BYTES_PER_MB = 2 ** 20;

/** A detector with the input that it takes. */
interface Stream {
  readonly name: DetectorName;
  readonly input: DetectorInput;
  readonly action: AnomalyFact['action'];
  readonly detector: Detector<LeakSample>;
  /** Null if it takes every sample. */
  readonly minutes: MinuteMean | null;
}

/** The detectors of one run of a program. */
interface Watched {
  readonly anomaly: ProcessSpec['anomaly'];
  readonly limits: ProcessSpec['limits'];
  readonly run: number;
  readonly streams: readonly Stream[];
  readonly reportedAt: Partial<Record<AnomalyKind, number>>;
  /** What a detector tolerates of this program, by detector. It outlives the run. */
  readonly tolerated: Partial<Record<DetectorName, number>>;
}

/**
 * Feeds the usage of programs to their detectors and returns what they found. What a detector has learned is valid for one
 * run under one engine; the next run starts from scratch.
 */
export class AnomalyWatch {
  readonly #byId = new Map<string, Watched>();
  #hostFreeMb = Infinity;
  #hostReadAt = -Infinity;

  /**
   * Takes one sample of a run.
   *
   * @param monoMs a clock that never runs backwards
   */
  take(entry: ManagedProgram, run: MainProcess, usage: TreeUsage, monoMs: number): AnomalyFact[] {
    const { memoryMb, residentMb = memoryMb, cpuPercent } = usage;
    const t = monoMs / MS_PER_S;
    const found = this.#push(entry, run, 'memory', { t, value: residentMb, hostFreeMb: this.#readHost(t) });
    if (cpuPercent !== null) found.push(...this.#push(entry, run, 'cpu', { t, value: cpuPercent }));
    return found;
  }

  /** Takes the number of descendants, which is also counted between two samples. */
  takeDescendants(entry: ManagedProgram, run: MainProcess, descendants: number, monoMs: number): AnomalyFact[] {
    return this.#push(entry, run, 'descendants', { t: monoMs / MS_PER_S, value: descendants });
  }

  forget(id: string): void {
    this.#byId.delete(id);
  }

  #push(entry: ManagedProgram, run: MainProcess, input: DetectorInput, sample: LeakSample): AnomalyFact[] {
    const watched = this.#watchedOf(entry, run.number);
    const found: AnomalyFact[] = [];
    for (const stream of watched.streams) {
      if (stream.input !== input) continue;
      const fact = factOf(watched, stream, findingOf(stream, sample), { t: sample.t, run });
      if (fact !== null) found.push(fact);
    }
    return found;
  }

  #watchedOf({ id, program }: ManagedProgram, run: number): Watched {
    const { anomaly, limits } = program.spec;
    const known = this.#byId.get(id);
    if (known?.run === run && known.anomaly === anomaly && known.limits === limits) return known;
    const watched = watch(anomaly, limits, run, known?.tolerated ?? {});
    this.#byId.set(id, watched);
    return watched;
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

function watch(
  anomaly: ProcessSpec['anomaly'],
  limits: ProcessSpec['limits'],
  run: number,
  tolerated: Watched['tolerated'],
): Watched {
  const streams = Object.entries(DETECTORS).flatMap(([key, { inputs, takesMinutes = false, create }]): Stream[] => {
    const name = key as DetectorName;
    const settings = anomaly[name];
    if (!settings.enabled) return [];
    return inputs.map((input) => ({
      name,
      input,
      action: 'action' in settings ? settings.action : 'log',
      detector: create({ input, anomaly, limits, tolerated: tolerated[name] ?? 0 }),
      minutes: takesMinutes ? new MinuteMean() : null,
    }));
  });
  return { anomaly, limits, run, streams, reportedAt: {}, tolerated };
}

function findingOf({ detector, minutes }: Stream, sample: LeakSample): Finding | null {
  if (minutes === null) return detector.push(sample);
  const mean = minutes.push(sample.t, sample.value);
  return mean === null ? null : detector.push({ t: sample.t, value: mean });
}

/** Returns null if there is nothing new to report. */
function factOf(
  { reportedAt, tolerated }: Watched,
  { name, action }: Stream,
  finding: Finding | null,
  { t, run }: { readonly t: number; readonly run: MainProcess },
): AnomalyFact | null {
  if (finding?.anomaly !== true || finding.evidence === null) return null;
  const { event, toleratedNext } = DETECTORS[name];
  if (t - (reportedAt[event] ?? -Infinity) < REPORT_AGAIN_S) return null;
  reportedAt[event] = t;
  tolerated[name] = toleratedNext?.(finding.evidence) ?? tolerated[name] ?? 0;
  return { kind: 'anomalyFound', of: run, anomaly: event, action, evidence: finding.evidence };
}
