/** One measurement of a series. */
export interface Sample {
  /** Seconds, on any clock: only differences count. */
  readonly t: number;
  readonly value: number;
}

/** What a finding rests on: a sentence for people, which goes on after "its", and the figures in it for programs. */
export interface Evidence {
  readonly sentence: string;
  readonly figures: Readonly<Record<string, number>>;
}

export interface Finding {
  /** 0 to 1, of the same meaning at any time and for any series; an anomaly from 0.5 on. */
  readonly score: number;
  /** True for as long as the series is found to be anomalous. */
  readonly anomaly: boolean;
  readonly evidence: Evidence | null;
}

/** A pure streaming detector of one series. Its state is bounded, whatever is pushed. */
export interface Detector<S extends Sample = Sample> {
  /** Values that are no number say nothing and change nothing. */
  push(sample: S): Finding;
  /** Forgets everything: the series begins anew, as after a restart of the program. */
  reset(): void;
}

export const NOTHING: Finding = { score: 0, anomaly: false, evidence: null };

/** Beyond it nothing is measured that a sum of squares could still hold. */
const LARGEST_VALUE = 1e15;

/** False for what says nothing: no number, no time, or a value beyond anything that is measured. */
export function isUsable({ t, value }: Sample): boolean {
  return Number.isFinite(t) && Math.abs(value) <= LARGEST_VALUE;
}

/** From this score on a finding is an anomaly. */
export const ALARM = 0.5;
