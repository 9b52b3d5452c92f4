import type { LineProblem } from '../reading/config-problem.ts';
import { parseMegabytes, parsePercent } from '../../protocol/spec/quantities.ts';
import { quoteExcerpt } from '../reading/quote-excerpt.ts';
import type { Word } from '../../base/split-words.ts';

/** The quantity that a limit column holds. */
interface LimitKind {
  readonly name: string;
  readonly unit: string;
  /** Parses a number with a unit, such as `1.5G`; null for anything else. */
  readonly parse: (text: string) => number | null;
}

export const CPU_LIMIT: LimitKind = { name: 'CPU limit', unit: 'percent of one core', parse: parsePercent };
export const MEMORY_LIMIT: LimitKind = {
  name: 'memory limit',
  unit: 'MB',
  parse: parseMegabytes,
};

const UNLIMITED = ['-', 'none'];
const NUMBER = /^(?:\d+(?:\.\d+)?|\.\d+)$/;

/** Parses a limit: a positive number, with a unit if wanted, or null for `0`, `-` or `none`. Anything else adds a problem. */
export function readLimit(word: Word, kind: LimitKind, problems: LineProblem[]): number | null {
  if (UNLIMITED.includes(word.text.toLowerCase())) return null;
  const value = NUMBER.test(word.text) ? Number(word.text) : (kind.parse(word.text) ?? Number.NaN);
  if (Number.isFinite(value)) return value === 0 ? null : value;
  const message = `${quoteExcerpt(word.text)} is not a valid ${kind.name}`;
  problems.push({ column: word.column, message, hint: `write a number in ${kind.unit}, or - for no limit` });
  return null;
}
