import type { DetectorName, EventOfDetector } from '../../protocol/event-kinds.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { type CountSample, createCountLeakDetector } from './count-leak-detector.ts';
import type { Detector } from './detector.ts';
import { createForkBombDetector } from './fork-bomb-detector.ts';
import { createLeakDetector, type LeakOptions, type LeakSample } from './leak-detector.ts';
import { createNoveltyDetector } from './novelty-detector.ts';
import type { RunMemory } from './run-memory.ts';
import { createSpikeDetector } from './spike-detector.ts';

/** The measurements of a program: memory in MB, CPU in percent of one core, and numbers. */
export type DetectorInput = 'memory' | 'cpu' | 'descendants' | 'descriptors' | 'threads';

/** One run of a program, as far as its detectors depend on it. */
export interface WatchedRun {
  readonly input: DetectorInput;
  readonly anomaly: ProcessSpec['anomaly'];
  readonly limits: ProcessSpec['limits'];
  /** What earlier runs have taught. */
  readonly memory: RunMemory;
}

/** A sample as the detectors take it: each ignores what it does not need. */
export type DetectorSample = LeakSample & CountSample;

interface DetectorRow<Name extends DetectorName> {
  readonly event: EventOfDetector<Name>;
  /** Each input has a detector of its own. */
  readonly inputs: readonly DetectorInput[];
  /** Whether it takes the mean of each minute instead of each sample. */
  readonly takesMinutes?: boolean;
  /** Creates it with its default settings if no run is given, as for a recorded series. */
  readonly create: (run?: WatchedRun) => Detector<DetectorSample>;
}

const NAME_OF_INPUT = {
  memory: { name: 'memory', unit: 'MB' },
  cpu: { name: 'CPU', unit: '%' },
  descendants: { name: 'number of descendants' },
  descriptors: { name: 'number of open descriptors' },
  threads: { name: 'number of threads' },
} as const satisfies Readonly<Record<DetectorInput, object>>;

/**
 * Every detector, under its name in `anomaly:` of a definition. The engine and `healer detect` run the detectors listed
 * here.
 */
export const DETECTORS: { readonly [Name in DetectorName]: DetectorRow<Name> } = {
  leak: {
    event: 'memory-leak',
    inputs: ['memory'],
    create: (run) => createLeakDetector(run && leakOptions(run)),
  },
  spike: {
    event: 'cpu-spike',
    inputs: ['cpu'],
    create: (run) => createSpikeDetector(run && { ...run.anomaly.spike, longestRunS: run.memory.longestCpuRunS }),
  },
  forkBomb: {
    event: 'fork-bomb',
    inputs: ['descendants'],
    create: (run) => createForkBombDetector(run?.anomaly.forkBomb),
  },
  descriptorLeak: {
    event: 'descriptor-leak',
    inputs: ['descriptors'],
    create: (run) => createCountLeakDetector({ ...run?.anomaly.descriptorLeak, counted: 'open descriptors' }),
  },
  threadLeak: {
    event: 'thread-leak',
    inputs: ['threads'],
    create: (run) => createCountLeakDetector({ ...run?.anomaly.threadLeak, counted: 'threads' }),
  },
  novelty: {
    event: 'novelty',
    inputs: ['memory', 'cpu'],
    takesMinutes: true,
    create: (run) => createNoveltyDetector(run && NAME_OF_INPUT[run.input]),
  },
};

function leakOptions({ anomaly: { leak }, limits, memory }: WatchedRun): LeakOptions {
  const { fastMbPerSecond, minGrowthMb } = leak;
  const { toleratedMb: fastAboveMb, leakMbPerMinute: knownMbPerMinute, plateauMb } = memory;
  return { limitMb: limits.memoryMb, fastMbPerSecond, fastAboveMb, minGrowthMb, knownMbPerMinute, plateauMb };
}
