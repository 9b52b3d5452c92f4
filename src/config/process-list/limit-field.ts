import type { LineProblem } from '../reading/config-problem.ts';
import { quoteExcerpt } from '../reading/quote-excerpt.ts';
import type { Word } from '../../base/split-words.ts';

/** The quantity that a limit column holds. */
interface LimitKind {
  readonly name: string;
  readonly unit: string;
  /** Suffixes that users write after the number, with their factor to the column's unit. */
  readonly suffixes: Readonly<Record<string, number>>;
}

export const CPU_LIMIT: LimitKind = { name: 'CPU limit', unit: 'percent of one core', suffixes: { '%': 1 } };
export const MEMORY_LIMIT: LimitKind = {
  name: 'memory limit',
  unit: 'MB',
  suffixes: { m: 1, mb: 1, mib: 1, g: 1024, gb: 1024, gib: 1024 },
};

const UNLIMITED = ['-', 'none'];
const NUMBER = /^(?:\d+(?:\.\d+)?|\.\d+)$/;
const NUMBER_WITH_SUFFIX = /^(\d{1,9}(?:\.\d{1,9})?)([a-z%]{1,3})$/i;

/** Parses a limit: a positive number, or null for `0`, `-` or `none`. Anything else adds a problem. */
export function readLimit(word: Word, kind: LimitKind, problems: LineProblem[]): number | null {
  if (UNLIMITED.includes(word.text.toLowerCase())) return null;
  const value = NUMBER.test(word.text) ? Number(word.text) : Number.NaN;
  if (Number.isFinite(value)) return value === 0 ? null : value;
  const message = `${quoteExcerpt(word.text)} is not a valid ${kind.name}`;
  problems.push({ column: word.column, message, hint: hintFor(word.text, kind) });
  return null;
}

function hintFor(text: string, { unit, suffixes }: LimitKind): string {
  const [, digits, suffix = ''] = NUMBER_WITH_SUFFIX.exec(text) ?? [];
  const factor = suffixes[suffix.toLowerCase()];
  if (factor === undefined) return `write a number in ${unit}, or - for no limit`;
  return `write ${Number(digits) * factor}; the column is in ${unit}`;
}
