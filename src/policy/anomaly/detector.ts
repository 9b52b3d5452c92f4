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
}

/** A pure streaming detector for one series. Its state is bounded, whatever is pushed. */
export interface Detector<S extends Sample = Sample> {
  /** Takes a sample. Values that are not numbers are ignored. */
  push(sample: S): Finding;
  /** Forgets everything, as for a new run of the program. */
  reset(): void;
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
