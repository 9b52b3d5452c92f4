import { type LogView, matches, type NumberedLine, shownLines } from './log-view.ts';
import { memoizeLast } from './memoize-last.ts';

/** The number of matching lines, and which of them is the current match, counted from 1; null if there is none. */
export interface MatchCount {
  readonly at: number | null;
  readonly of: number;
}

const matchingNumbers = memoizeLast((lines: readonly NumberedLine[], search: string): readonly number[] =>
  lines.filter(({ text, mark }) => mark !== 'date' && matches(text, search)).map(({ number }) => number),
);

/** Counts the lines that match the search. */
export function countMatches(log: LogView): MatchCount {
  const numbers = matchingNumbers(shownLines(log), log.search);
  const index = log.match === null ? -1 : numbers.indexOf(log.match);
  return { at: index === -1 ? null : index + 1, of: numbers.length };
}
