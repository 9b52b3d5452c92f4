import { expect, test } from 'vitest';
import { withDates } from '../../../src/tui/state/date-lines.ts';

interface Line {
  readonly number: number;
  readonly time: string | null;
  readonly text: string;
}

function line(number: number, time: Date | null): Line {
  return { number, time: time?.toISOString() ?? null, text: 'output' };
}

function textsOf(lines: readonly Line[]): readonly string[] {
  return withDates(lines, (next, number, text) => ({ ...next, number, text })).map(({ text }) => text);
}

test('lines of one local day get no date, and the same array is returned', () => {
  const lines = [line(1, new Date(2026, 10, 28, 0, 0, 0)), line(2, null), line(3, new Date(2026, 10, 28, 23, 59, 59))];
  expect(withDates(lines, (next) => next)).toBe(lines);
  expect(withDates([], (next: Line) => next)).toEqual([]);
});

test('each local day begins with its date, in front of the first line', () => {
  const lines = [
    line(1, new Date(2026, 10, 27, 23, 59, 59)),
    line(2, new Date(2026, 10, 28, 0, 0, 0)),
    line(3, null),
    line(4, new Date(2026, 10, 28, 12, 0, 0)),
    line(5, new Date(2026, 11, 1, 1, 0, 0)),
  ];
  expect(textsOf(lines)).toEqual([
    'Friday, November 27, 2026',
    'output',
    'Saturday, November 28, 2026',
    'output',
    'output',
    'output',
    'Tuesday, December 1, 2026',
    'output',
  ]);
});

test('a date has a number between its neighbors, so that positions stay ordered', () => {
  const lines = [line(7, new Date(2026, 10, 27, 1, 0, 0)), line(8, new Date(2026, 10, 28, 1, 0, 0))];
  expect(withDates(lines, (next, number) => ({ ...next, number })).map(({ number }) => number)).toEqual([
    6.5, 7, 7.5, 8,
  ]);
});
