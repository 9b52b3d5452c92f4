import type { Group } from './tally.d.mts';

/** A ratio of two medians with its 90 % interval. */
export interface Ratio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

interface Move {
  readonly isWorse: boolean;
  readonly text: string;
}

export declare function ratiosOf(
  benchmarks: readonly { readonly name: string; readonly groups: readonly Group[] }[],
): Record<string, Ratio>;

export declare function compareRatios(
  before: Readonly<Record<string, Ratio>>,
  now: Readonly<Record<string, Ratio>>,
): { readonly compared: number; readonly worse: readonly Move[]; readonly better: readonly Move[] };
