import type { Detector, Finding } from '../../policy/anomaly/detector.ts';
import { type DetectorInput, type DetectorSample, DETECTORS } from '../../policy/anomaly/detectors.ts';
import type { RestartWindow } from '../../policy/anomaly/leak-response.ts';
import { NO_MEMORY, type RunMemory } from '../../policy/anomaly/run-memory.ts';
import { SavedNumbers, toStored } from '../../policy/anomaly/saved-numbers.ts';
import type { FactOf } from '../../policy/lifecycle/facts.ts';
import type { MainProcess } from '../../policy/lifecycle/state.ts';
import type { DetectorName } from '../../protocol/event-kinds.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Learned } from '../store/learned-files.ts';
import { MinuteMean } from './minute-mean.ts';

const MS_PER_S = 1_000;

interface WatchedRunParts {
  readonly run: MainProcess;
  readonly anomaly: ProcessSpec['anomaly'];
  readonly limits: ProcessSpec['limits'];
  readonly restartWindow: RestartWindow | null;
  /** When to save what was learned next, in seconds. */
  readonly saveAt: number;
}

/** A detector with the input that it takes. */
class Stream {
  readonly name: DetectorName;
  readonly input: DetectorInput;
  readonly detector: Detector<DetectorSample>;
  /** Null if it takes every sample. */
  readonly #minutes: MinuteMean | null;

  constructor(name: DetectorName, input: DetectorInput, detector: Detector<DetectorSample>) {
    this.name = name;
    this.input = input;
    this.detector = detector;
    this.#minutes = DETECTORS[name].takesMinutes === true ? new MinuteMean() : null;
  }

  /** Takes a sample. Returns null if the detector has not seen it yet. */
  push(sample: DetectorSample): Finding | null {
    if (this.#minutes === null) return this.detector.push(sample);
    const mean = this.#minutes.push(sample.t, sample.value);
    return mean === null ? null : this.detector.push({ t: sample.t, value: mean });
  }

  get key(): string {
    return `${this.name} ${this.input}`;
  }
}

/** The detectors of one run of a program, and what is known about the program. */
export class WatchedRun {
  readonly anomaly: ProcessSpec['anomaly'];
  readonly restartWindow: RestartWindow | null;
  readonly reports: Partial<
    Record<DetectorName, { readonly t: number; readonly action: FactOf<'anomalyFound'>['action'] }>
  > = {};
  memory: RunMemory = NO_MEMORY;
  streams: readonly Stream[] = [];
  saveAt: number;
  readonly #run: MainProcess;
  readonly #limits: ProcessSpec['limits'];

  constructor({ run, anomaly, limits, restartWindow, saveAt }: WatchedRunParts) {
    this.#run = run;
    this.anomaly = anomaly;
    this.#limits = limits;
    this.restartWindow = restartWindow;
    this.saveAt = saveAt;
  }

  /** Returns whether it is about this run with these settings. */
  isOf(run: number, anomaly: ProcessSpec['anomaly'], limits: ProcessSpec['limits']): boolean {
    return this.#run.number === run && this.anomaly === anomaly && this.#limits === limits;
  }

  /** Creates the detectors with what was learned, or from scratch; the state of another run is of no use. */
  continueFrom(learned: Learned | null, nowMs: number): void {
    this.memory = learned?.memory ?? NO_MEMORY;
    this.streams = this.#createStreams();
    if (learned === null || !this.#isSameRun(learned.run)) return;
    const gapSeconds = Math.max(0, nowMs - learned.atMs) / MS_PER_S;
    for (const { key, detector } of this.streams) {
      const saved = learned.detectors[key];
      if (saved === undefined) continue;
      try {
        detector.restore?.(new SavedNumbers(saved), gapSeconds);
      } catch (error) {
        // It was saved by another version: the detector starts from scratch.
        if (!(error instanceof RangeError)) throw error;
      }
    }
  }

  /** Returns what was learned until now. */
  learned(nowMs: number): Learned {
    const detectors: Record<string, (number | null)[]> = {};
    for (const { key, detector } of this.streams) {
      this.memory = detector.learn?.(this.memory) ?? this.memory;
      const saved = detector.save?.();
      if (saved !== undefined) detectors[key] = toStored(saved);
    }
    const { number, pid, startTicks } = this.#run;
    return { run: { number, pid, startTicks }, atMs: nowMs, memory: this.memory, detectors };
  }

  #createStreams(): Stream[] {
    const { anomaly, memory } = this;
    return Object.entries(DETECTORS).flatMap(([key, { inputs, create }]) => {
      const name = key as DetectorName;
      if (!anomaly[name].enabled) return [];
      return inputs.map((input) => new Stream(name, input, create({ input, anomaly, limits: this.#limits, memory })));
    });
  }

  #isSameRun({ number, pid, startTicks }: Learned['run']): boolean {
    return this.#run.number === number && this.#run.pid === pid && this.#run.startTicks === startTicks;
  }
}
