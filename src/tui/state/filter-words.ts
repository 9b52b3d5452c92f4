import { parseDuration } from '../../base/duration.ts';
import { compilePattern } from '../../base/linear-pattern.ts';
import { isGlob, matchesGlob } from '../../base/glob.ts';

type Predicate<Item> = (item: Item) => boolean;

/** The parts of an item that a filter can match. */
export interface Filterable<Item> {
  /** The texts that a plain word is searched in. */
  readonly texts: (item: Item) => readonly string[];
  /** The groups that `@name` is compared with. */
  readonly groups?: (item: Item) => readonly string[];
  /** The texts that `name:part` is searched in. */
  readonly fields: Readonly<Record<string, (item: Item) => string>>;
  /** The numbers that `name>5` compares, also with `<`, `>=`, `<=` and `=`. */
  readonly numbers: Readonly<Record<string, (item: Item) => number | null>>;
}

const COMPARISON = /^([a-z]+)(>=|<=|>|<|=)([\d.smhd]*)$/;
const FIELD = /^([a-z]+):(.*)$/;
const PATTERN = /^\/(.+?)\/?$/;

const COMPARE: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '>': (value, bound) => value > bound,
  '<': (value, bound) => value < bound,
  '>=': (value, bound) => value >= bound,
  '<=': (value, bound) => value <= bound,
  '=': (value, bound) => value === bound,
};

/**
 * Parses a filter of words that all have to match. A word is a part of the text, a glob of the whole text (`web-*`),
 * `@group`, `field:part`, a comparison (`cpu>50`), `~` with characters in the given order, or `/a regular expression/`. `a|b` matches either word, and `!` in front of a
 * word negates it. Incomplete words match everything.
 */
export function parseFilterWords<Item>(text: string, filterable: Filterable<Item>): Predicate<Item> {
  const predicates = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '!')
    .map((word) => parseWord(word, filterable));
  return (item) => predicates.every((fits) => fits(item));
}

function parseWord<Item>(word: string, filterable: Filterable<Item>): Predicate<Item> {
  if (word.startsWith('!')) {
    const fits = parseWord(word.slice(1), filterable);
    return (item) => !fits(item);
  }
  if (word.startsWith('/')) return parsePattern(word, filterable);
  const choices = word.split('|').filter((choice) => choice !== '');
  const predicates = choices.map((choice) => parseChoice(choice, filterable));
  return (item) => predicates.length === 0 || predicates.some((fits) => fits(item));
}

function parseChoice<Item>(word: string, filterable: Filterable<Item>): Predicate<Item> {
  const { texts, groups } = filterable;
  if (word.startsWith('@') && groups !== undefined) {
    const pattern = `${word.slice(1)}*`;
    return (item) => groups(item).some((group) => matchesGlob(pattern, group.toLowerCase()));
  }
  if (word.startsWith('~')) {
    const letters = word.slice(1);
    return (item) => texts(item).some((text) => hasLettersInOrder(text.toLowerCase(), letters));
  }
  return (
    parseField(word, filterable) ??
    parseComparison(word, filterable) ??
    parseGlob(word, filterable) ??
    ((item) => texts(item).some((text) => text.toLowerCase().includes(word)))
  );
}

function parseField<Item>(word: string, { fields }: Filterable<Item>): Predicate<Item> | null {
  const [, name = '', wanted = ''] = FIELD.exec(word) ?? [];
  const valueOf = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return valueOf === undefined ? null : (item) => valueOf(item).toLowerCase().includes(wanted);
}

function parseComparison<Item>(word: string, { numbers }: Filterable<Item>): Predicate<Item> | null {
  const [, name = '', operator = '', limit = ''] = COMPARISON.exec(word) ?? [];
  const valueOf = Object.hasOwn(numbers, name) ? numbers[name] : undefined;
  const compare = COMPARE[operator];
  if (valueOf === undefined || compare === undefined) return null;
  const bound = parseBound(limit);
  if (bound === null) return () => true;
  return (item) => {
    const value = valueOf(item);
    return value !== null && compare(value, bound);
  };
}

function parseGlob<Item>(word: string, { texts }: Filterable<Item>): Predicate<Item> | null {
  return isGlob(word) ? (item) => texts(item).some((text) => matchesGlob(word, text.toLowerCase())) : null;
}

/** Parses a number or a duration, in seconds; null if it is incomplete. */
function parseBound(text: string): number | null {
  const ms = parseDuration(text);
  return ms === null ? null : ms / 1000;
}

function parsePattern<Item>(word: string, { texts }: Filterable<Item>): Predicate<Item> {
  const [, source = ''] = PATTERN.exec(word) ?? [];
  try {
    const pattern = compilePattern(source, { ignoresCase: true });
    return (item) => texts(item).some((text) => pattern.test(text));
  } catch {
    // The expression is incomplete, or cannot be matched in linear time.
    return () => true;
  }
}

function hasLettersInOrder(text: string, letters: string): boolean {
  let at = -1;
  return Array.from(letters).every((letter) => {
    at = text.indexOf(letter, at + 1);
    return at !== -1;
  });
}
