import { judgeClean } from './clean-rise.ts';
import { FloorLevel } from './floor-level.ts';
import { FLOOR_S, LEAK_RULES, type LeakRule, LEVELS } from './leak-rules.ts';
import { OpenFloor } from './open-floor.ts';
import { judgeKnown } from './known-rise.ts';
import { NO_RISE, type Rise } from './rise.ts';
import type { SavedNumbers } from './saved-numbers.ts';
import { judgeValleys } from './valley-rise.ts';

/** A time without samples of at most this length is filled with floors, as if memory had changed evenly. */
const LONGEST_BRIDGE_S = 300;
/** The memory of a program is constant if these floors of four minutes differ by at most this share. */
const REST = { level: 3, floors: 14, share: 0.03 };
/** The strength of a rise that passed its rule, but not yet often enough. */
const NOT_CONFIRMED = 0.99;

/** A rise with the level of the ladder on which it was found. */
export interface LadderRise extends Rise {
  readonly level: number;
}

const FLAT: LadderRise = { ...NO_RISE, level: 0 };

/** Where the numbers of each level begin in the array of a ladder, where they end, and what follows. */
const STARTS = LEVELS.map((_level, index) =>
  LEVELS.slice(0, index).reduce((sum, { capacity }) => sum + FloorLevel.slotsOf(capacity), 0),
);
const HALVES_AT = LEVELS.reduce((sum, { capacity }) => sum + FloorLevel.slotsOf(capacity), 0);
const PASSED_AT = HALVES_AT + LEVELS.length;
/** The greatest number of judgments as bits. */
const MOST_PASSED = (1 << Math.max(...LEAK_RULES.map((rule) => rule.of))) - 1;

const RULES_OF_LEVEL = LEVELS.map((_level, index) =>
  LEAK_RULES.map((rule, number) => ({ rule, slot: PASSED_AT + number })).filter(({ rule }) => rule.level === index),
);

/**
 * Floors of 30 s, and above them floors of twice the length each time, up to half an hour: a leak of any rate is steep enough on
 * one of these levels. Each level is judged by its rules when it gets a floor.
 */
export class FloorLadder {
  readonly #open = new OpenFloor(FLOOR_S);
  /** The numbers of the levels; for each level the first of the two floors that its next one is made of, NaN without one; and
   * for each rule one bit for each of its last judgments. */
  readonly #numbers = new Float32Array(PASSED_AT + LEAK_RULES.length);
  readonly #levels: readonly FloorLevel[];
  /** The strongest rise on each level. */
  readonly #rises: LadderRise[] = LEVELS.map(() => FLAT);
  readonly #leastGrowth: number;
  /** The usual length of a floor of the first level, in seconds: longer than its interval if samples are rare. */
  #floorS = FLOOR_S;
  /** Floors that are missing before the next one, because no engine was there to sample. */
  #missing = 0;

  constructor(leastGrowth: number) {
    this.#leastGrowth = leastGrowth;
    this.#levels = LEVELS.map(
      ({ capacity, rememberedS }, level) =>
        new FloorLevel(this.#numbers, STARTS[level] ?? 0, capacity, rememberedS / (FLOOR_S * 2 ** level)),
    );
    this.clear();
  }

  /** The strongest rise of any rule. */
  get rise(): LadderRise {
    let strongest = FLAT;
    for (const rise of this.#rises) if (rise.strength > strongest.strength) strongest = rise;
    return strongest;
  }

  /** Takes a sample. Returns whether it completed a floor. */
  push(elapsed: number, value: number): boolean {
    const floor = this.#open.push(elapsed, value);
    if (Number.isNaN(floor)) return false;
    this.#floorS += (this.#open.lastSeconds - this.#floorS) / 8;
    const last = this.#levels[0]?.newest() ?? NaN;
    for (let left = this.#missing; left > 0; left--) this.#climb(floor + ((last - floor) * left) / (this.#missing + 1));
    this.#missing = 0;
    this.#climb(floor);
    return true;
  }

  /** Returns a rise of the newest minutes at a rate that is known from an earlier leak of the program, in MB per second. */
  knownRise(mbPerSecond: number): LadderRise {
    const [first] = this.#levels;
    if (first === undefined || mbPerSecond <= 0) return FLAT;
    const rise = judgeKnown(first, mbPerSecond * this.#floorS);
    return rise === NO_RISE ? FLAT : { ...rise, level: 0 };
  }

  /** Returns the size at which memory has rested for almost an hour; null if it has not. */
  restingAt(): number | null {
    const level = this.#levels[REST.level];
    if (level === undefined || level.length < REST.floors) return null;
    let [lowest, highest] = [Infinity, -Infinity];
    for (let back = 0; back < REST.floors; back++) {
      lowest = Math.min(lowest, level.newest(back));
      highest = Math.max(highest, level.newest(back));
    }
    return highest - lowest <= REST.share * highest ? highest : null;
  }

  /** Returns the length of a rise in seconds. */
  secondsOf({ level, floors }: LadderRise): number {
    return this.#floorS * 2 ** level * floors;
  }

  clear(): void {
    this.#open.clear();
    for (const level of this.#levels) level.clear();
    this.#numbers.fill(NaN, HALVES_AT, PASSED_AT);
    this.#numbers.fill(0, PASSED_AT);
    this.#rises.fill(FLAT);
    this.#floorS = FLOOR_S;
    this.#missing = 0;
  }

  /** Appends its state to a list of numbers. The open floor is not part of it. */
  save(into: number[]): void {
    into.push(this.#floorS);
    for (const level of this.#levels) level.save(into);
    for (let slot = HALVES_AT; slot < this.#numbers.length; slot++) into.push(this.#numbers[slot] ?? NaN);
  }

  /** Takes its state from saved numbers. @throws RangeError if they are not such a state */
  restore(from: SavedNumbers, gapSeconds: number): void {
    this.clear();
    this.#floorS = Math.max(FLOOR_S, from.next());
    for (const level of this.#levels) level.restore(from);
    for (let slot = HALVES_AT; slot < PASSED_AT; slot++) this.#numbers[slot] = from.nextOrNone();
    for (let slot = PASSED_AT; slot < this.#numbers.length; slot++)
      this.#numbers[slot] = from.nextBetween(0, MOST_PASSED);
    const hasFloors = (this.#levels[0]?.length ?? 0) > 0;
    this.#missing = hasFloors ? Math.round(Math.min(gapSeconds, LONGEST_BRIDGE_S) / this.#floorS) : 0;
    for (const [index, level] of this.#levels.entries()) this.#rises[index] = this.#strongestOf(index, level, false);
  }

  #climb(lowest: number): void {
    let floor = lowest;
    for (const [index, level] of this.#levels.entries()) {
      level.push(floor);
      this.#rises[index] = this.#strongestOf(index, level, true);
      const slot = HALVES_AT + index;
      const half = this.#numbers[slot] ?? NaN;
      if (Number.isNaN(half)) {
        this.#numbers[slot] = floor;
        return;
      }
      this.#numbers[slot] = NaN;
      floor = Math.min(half, floor);
    }
  }

  /** @param isNew whether the level has a floor that was not judged yet */
  #strongestOf(index: number, level: FloorLevel, isNew: boolean): LadderRise {
    let strongest = FLAT;
    for (const { rule, slot } of RULES_OF_LEVEL[index] ?? []) {
      if (level.length < rule.floors) continue;
      const rise = judge(rule, level, this.#leastGrowth);
      if (isNew) {
        const passed = ((this.#numbers[slot] ?? 0) << 1) | (rise.strength >= 1 ? 1 : 0);
        this.#numbers[slot] = passed & ((1 << rule.of) - 1);
      }
      const isConfirmed = countOf(this.#numbers[slot] ?? 0) >= rule.passes;
      const strength = isConfirmed ? rise.strength : Math.min(rise.strength, NOT_CONFIRMED);
      if (strength > strongest.strength) strongest = { ...rise, strength, level: index };
    }
    return strongest;
  }
}

function judge(rule: LeakRule, level: FloorLevel, leastGrowth: number): Rise {
  return rule.kind === 'clean' ? judgeClean(rule, level, leastGrowth) : judgeValleys(rule, level, leastGrowth);
}

function countOf(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
