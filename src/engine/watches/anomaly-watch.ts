import { freemem } from 'node:os';
import type { Detector, Finding, Sample } from '../../policy/anomaly/detector.ts';
import { createLeakDetector, type LeakSample } from '../../policy/anomaly/leak-detector.ts';
import { createNoveltyDetector } from '../../policy/anomaly/novelty-detector.ts';
import { createSpikeDetector } from '../../policy/anomaly/spike-detector.ts';
import type { FactOf } from '../../policy/lifecycle/facts.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import { MinuteMean } from './minute-mean.ts';
import type { TreeUsage } from '../sampling/sampler.ts';

type AnomalyFact = FactOf<'anomalyFound'>;
type Anomaly = Exclude<AnomalyFact['anomaly'], 'fork-bomb'>;

/** An anomaly that lasts is told, and acted on, again after so long: what kept healing from it may be over. */
const RETELL_S = 30 * 60;
/**
 * A program that was ended for growing fast may grow to so many times that size before it is ended for it again: one
 * that only needs much memory gets it after a few restarts, and one that leaks is ended each time.
 */
const GRACE = 2;
const MS_PER_S = 1_000;
const BYTES_PER_MB = 2 ** 20;

/** A detector that is fed the means of minutes. */
interface MinuteDetector {
  readonly mean: MinuteMean;
  readonly detector: Detector;
}

/** The detectors of one program. */
interface Watched {
  readonly settings: ProcessSpec['anomaly'];
  readonly limits: ProcessSpec['limits'];
  run: number;
  readonly leak: Detector<LeakSample> | null;
  readonly spike: Detector | null;
  readonly oddMemory: MinuteDetector | null;
  readonly oddCpu: MinuteDetector | null;
  readonly toldAt: Partial<Record<Anomaly, number>>;
  /** Below it, growing fast is what this program was restarted for before. */
  fastAboveMb: number;
}

/**
 * Feeds what programs use to their detectors and gives what is to be told of it. What the detectors have learnt is of
 * one run, and of this engine: the next one begins anew.
 */
export class AnomalyWatch {
  readonly #byId = new Map<string, Watched>();
  #hostFreeMb = Infinity;
  #hostReadAt = -Infinity;

  /** @param monoMs a clock that never runs backwards */
  look(entry: ManagedProgram, run: number, usage: TreeUsage, monoMs: number): readonly AnomalyFact[] {
    const t = monoMs / MS_PER_S;
    const watched = this.#watchedOf(entry, run);
    const found: AnomalyFact[] = [];
    const take = (anomaly: Anomaly, action: AnomalyFact['action'], finding: Finding | undefined): void => {
      const fact = finding === undefined ? null : factOf(watched, anomaly, action, finding, t);
      if (fact !== null) found.push(fact);
    };
    const { leak, spike } = watched.settings;
    const memory = { t, value: usage.memoryMb, hostFreeMb: this.#readHost(t) };
    take('memory-leak', leak.action, watched.leak?.push(memory));
    take('novelty', 'log', pushMinute(watched.oddMemory, t, usage.memoryMb));
    if (usage.cpuPercent === null) return found;
    const cpu: Sample = { t, value: usage.cpuPercent };
    take('cpu-spike', spike.action, watched.spike?.push(cpu));
    take('novelty', 'log', pushMinute(watched.oddCpu, t, usage.cpuPercent));
    return found;
  }

  forget(id: string): void {
    this.#byId.delete(id);
  }

  #watchedOf({ id, program }: ManagedProgram, run: number): Watched {
    const { anomaly: settings, limits } = program.spec;
    const known = this.#byId.get(id);
    if (known?.run === run && known.settings === settings && known.limits === limits) return known;
    const watched = watch(settings, limits, run, known?.fastAboveMb ?? 0);
    this.#byId.set(id, watched);
    return watched;
  }

  /** Once a tick, not once a program. */
  #readHost(t: number): number {
    if (t - this.#hostReadAt >= 0.5) {
      this.#hostReadAt = t;
      this.#hostFreeMb = freemem() / BYTES_PER_MB;
    }
    return this.#hostFreeMb;
  }
}

function watch(
  settings: ProcessSpec['anomaly'],
  limits: ProcessSpec['limits'],
  run: number,
  fastAboveMb: number,
): Watched {
  const { leak, spike, novelty } = settings;
  const { fastMbPerSecond, minGrowthMb } = leak;
  const { minPercent, warmUpSeconds } = spike;
  return {
    settings,
    limits,
    run,
    leak: leak.enabled
      ? createLeakDetector({ limitMb: limits.memoryMb, fastMbPerSecond, fastAboveMb, minGrowthMb })
      : null,
    spike: spike.enabled ? createSpikeDetector({ minPercent, warmUpSeconds }) : null,
    oddMemory: novelty.enabled ? minutely('memory', 'MB') : null,
    oddCpu: novelty.enabled ? minutely('CPU', '%') : null,
    toldAt: {},
    fastAboveMb,
  };
}

function minutely(name: string, unit: string): MinuteDetector {
  return { mean: new MinuteMean(), detector: createNoveltyDetector({ name, unit }) };
}

function pushMinute(minutes: MinuteDetector | null, t: number, value: number): Finding | undefined {
  const mean = minutes?.mean.push(t, value) ?? null;
  return mean === null ? undefined : minutes?.detector.push({ t, value: mean });
}

/** Null where there is nothing new to tell. */
function factOf(
  watched: Watched,
  anomaly: Anomaly,
  action: AnomalyFact['action'],
  finding: Finding,
  t: number,
): AnomalyFact | null {
  if (!finding.anomaly || finding.evidence === null) return null;
  if (t - (watched.toldAt[anomaly] ?? -Infinity) < RETELL_S) return null;
  watched.toldAt[anomaly] = t;
  const { mbPerSecond, toMb = 0 } = finding.evidence.figures;
  if (mbPerSecond !== undefined) watched.fastAboveMb = GRACE * toMb;
  return { kind: 'anomalyFound', anomaly, action, evidence: finding.evidence };
}
