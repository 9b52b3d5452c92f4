import type { RunMemory } from './run-memory.ts';
import type { SavedNumbers } from './saved-numbers.ts';

/** One measurement of a series. */
export interface Sample {
  /** Seconds on any clock: only differences matter. */
  readonly t: number;
  readonly value: number;
}

/** The evidence of a finding: a sentence for people, and its figures for programs. */
export interface Evidence {
  readonly sentence: string;
  readonly figures: Readonly<Record<string, number>>;
}

export interface Finding {
  /** 0 to 1, comparable over time and between series; an anomaly from 0.5. */
  readonly score: number;
  /** True as long as the series is anomalous. */
  readonly anomaly: boolean;
  readonly evidence: Evidence | null;
  /** True for a leak that is so slow that it can be dealt with later. */
  readonly isSlow?: boolean;
}

/** A pure streaming detector for one series. Its state is bounded, whatever is pushed. */
export interface Detector<S extends Sample = Sample> {
  /** Takes a sample. Values that are not numbers are ignored. */
  push(sample: S): Finding;
  /** Forgets everything, as for a new run of the program. */
  reset(): void;
  /** Returns what is known about the program now, for its later runs. */
  learn?(memory: RunMemory): RunMemory;
  /** Returns what it has learned of the run. A detector without this method starts from scratch under another engine. */
  save?(): readonly number[];
  /**
   * Continues with what `save` returned.
   *
   * @param gapSeconds how long the run was not observed since
   * @throws RangeError if the numbers are not such a state; the detector is as new then
   */
  restore?(saved: SavedNumbers, gapSeconds: number): void;
}

export const NOTHING: Finding = { score: 0, anomaly: false, evidence: null };

/** Larger values are ignored: their squares would lose precision. */
const LARGEST_VALUE = 1e15;

/** Returns whether a sample has a time and a value that can be measured. */
export function isUsable({ t, value }: Sample): boolean {
  return Number.isFinite(t) && Math.abs(value) <= LARGEST_VALUE;
}

/** The least score of an anomaly. */
export const ALARM = 0.5;
