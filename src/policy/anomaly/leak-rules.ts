import type { CleanRule } from './clean-rise.ts';
import type { ValleyRule } from './valley-rise.ts';

/** The levels of the ladder: floors of 30 s, then of 1, 2, 4, 8, 16 and 32 minutes. */
export const FLOOR_S = 30;
const HOUR_S = 3600;

interface LevelSize {
  readonly capacity: number;
  /** How long the highest floor is remembered after it left the level, in seconds. */
  readonly rememberedS: number;
}

export const LEVELS: readonly LevelSize[] = [
  { capacity: 53, rememberedS: 4 * HOUR_S },
  { capacity: 56, rememberedS: 4 * HOUR_S },
  ...Array.from({ length: 5 }, () => ({ capacity: 44, rememberedS: 8 * HOUR_S })),
];

/** A rise that only the levels from this one on see is slow: its window is an hour or more. */
export const FIRST_SLOW_LEVEL = 2;

const CLEAN_SOON: CleanRule = {
  kind: 'clean',
  level: 0,
  floors: 35,
  z: 6.5,
  growth: 1.3,
  share: 0.1,
  spreads: 8,
  firstThird: [0.26, 0.43],
  middleThird: 0.37,
  lastThird: 0.27,
  pace: 0.9,
  step: 0.4,
  participation: 4,
  passes: 5,
  of: 6,
};
const CLEAN_NEXT: CleanRule = {
  ...CLEAN_SOON,
  level: 1,
  floors: 32,
  growth: 1.7,
  share: 0.16,
  spreads: 4,
  firstThird: [0.23, 0.39],
  middleThird: 0.42,
  lastThird: 0.29,
  pace: 0.8,
  step: 0.35,
  participation: 8,
  passes: 5,
  of: 5,
};
const CLEAN_SLOW: CleanRule = {
  ...CLEAN_NEXT,
  level: 2,
  floors: 29,
  growth: 2,
  share: 0.15,
  firstThird: [0.2, 0.41],
  middleThird: 0.4,
  lastThird: 0.25,
  step: 0.5,
  participation: 9,
  passes: 4,
};

const VALLEYS: ValleyRule = {
  kind: 'valley',
  level: 1,
  floors: 30,
  z: 4.5,
  growth: 1,
  share: 0.2,
  spreads: 1.5,
  balance: [1.05, 6],
  late: 0.95,
  participation: 6,
  quarters: true,
  givenBack: 0,
  mostGivenBack: 0.5,
  step: 1,
  passes: 3,
  of: 5,
};
/** Eager, so it asks for memory that is given back: the smooth fill of a cache has no falls. */
const VALLEYS_BETWEEN_TEETH: ValleyRule = {
  ...VALLEYS,
  floors: 50,
  z: 4,
  share: 0.3,
  spreads: 2.5,
  balance: [0.85, 3],
  late: 0.2,
  participation: 10,
  givenBack: 0.4,
  mostGivenBack: Infinity,
  passes: 3,
  of: 4,
};
const VALLEYS_OF_AN_HOUR: ValleyRule = {
  ...VALLEYS_BETWEEN_TEETH,
  floors: 56,
  z: 3.5,
  spreads: 1.3,
  balance: [0.8, 3],
  late: 0.8,
  participation: 11.5,
  givenBack: 0,
  mostGivenBack: 1,
  passes: 2,
  of: 3,
};
const VALLEYS_SLOW: ValleyRule = {
  ...VALLEYS,
  level: 2,
  floors: 44,
  share: 0.35,
  spreads: 1.6,
  balance: [0.9, 2.5],
  late: 0.7,
  participation: 10,
  mostGivenBack: Infinity,
  quarters: false,
  step: 0.3,
  passes: 1,
  of: 1,
};

export type LeakRule = CleanRule | ValleyRule;

/**
 * Every rule by which a rise is a leak. docs/detectors.md explains them. The wave of a day rises by half of its height in four
 * hours, so the windows of some hours need more growth than the longest, which see it fall again.
 */
export const LEAK_RULES: readonly LeakRule[] = [
  CLEAN_SOON,
  CLEAN_NEXT,
  CLEAN_SLOW,
  { ...CLEAN_SLOW, level: 3, share: 0.25, middleThird: 0.37 },
  { ...CLEAN_SLOW, level: 4, share: 0.35, middleThird: 0.37 },
  { ...CLEAN_SLOW, level: 5, share: 0.2, middleThird: 0.37 },
  { ...CLEAN_SLOW, level: 6, share: 0.2 },
  VALLEYS,
  VALLEYS_BETWEEN_TEETH,
  VALLEYS_OF_AN_HOUR,
  VALLEYS_SLOW,
  { ...VALLEYS_SLOW, level: 3, share: 0.35, late: 0.2 },
  { ...VALLEYS_SLOW, level: 4, share: 0.6, late: 0.2 },
  { ...VALLEYS_SLOW, level: 5, share: 0.7, late: 0.2 },
  { ...VALLEYS_SLOW, level: 6, share: 0.6, late: 0.2 },
];
