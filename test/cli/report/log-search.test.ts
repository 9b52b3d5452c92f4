import { expect, test } from 'vitest';
import { type LogQuery, searchLog, type SearchResult } from '../../../src/cli/report/log-search.ts';
import type { LogLine } from '../../../src/protocol/log-line.ts';
import type { EngineApi } from '../../../src/protocol/methods/methods.ts';

/** Serves records as an engine does, at most `most` a page; a cursor is the index of a record. */
function serving(records: readonly LogLine[], most = Infinity): EngineApi {
  const logs = ({ tail = 100, before }: { tail?: number; before?: string | undefined }): Promise<LogLine[]> => {
    const end = before === undefined ? records.length : Number(before);
    const start = Math.max(0, end - Math.min(tail, most));
    return Promise.resolve(
      records.slice(start, end).map((record, index, page) => ({
        ...record,
        ...(index === 0 && start > 0 ? { before: String(start) } : {}),
        ...(index === page.length - 1 ? { after: String(end) } : {}),
      })),
    );
  };
  return { logs } as unknown as EngineApi;
}

function line(text: string, changes: Partial<LogLine> = {}): LogLine {
  return { time: null, stream: 'stdout', text, partial: false, ...changes };
}

const NUMBERS = Array.from({ length: 20_000 }, (_, index) => line(`line ${String(index + 1)}`));

const QUERY: LogQuery = {
  lines: 50,
  isFiltered: false,
  isWanted: () => true,
  sinceMs: null,
  untilMs: null,
  linesBefore: 0,
  linesAfter: 0,
};

const textsOf = ({ found }: SearchResult): string[] => found.map(({ line: { text } }) => text);
const matching = (pattern: RegExp): Partial<LogQuery> => ({
  isFiltered: true,
  isWanted: ({ text }) => pattern.test(text),
});

test.each([1, 50, 15_000, 20_000])('returns %d lines, however many pages that takes', async (lines) => {
  const result = await searchLog(serving(NUMBERS, 777), 'x', { ...QUERY, lines });
  expect(textsOf(result)).toEqual(NUMBERS.slice(-lines).map(({ text }) => text));
  expect(result.end).toBe(lines === 20_000 ? 'enough' : 'enough');
});

test('says that it reached the beginning', async () => {
  const result = await searchLog(serving(NUMBERS, 777), 'x', { ...QUERY, lines: 30_000 });
  expect(result).toMatchObject({ matches: 20_000, end: 'beginning' });
});

test('finds a match at the very beginning', async () => {
  const result = await searchLog(serving(NUMBERS, 777), 'x', { ...QUERY, ...matching(/^line 1$/) });
  expect(textsOf(result)).toEqual(['line 1']);
  expect(result).toMatchObject({ searched: 20_000, end: 'beginning' });
});

test('stops once it has enough matches', async () => {
  const result = await searchLog(serving(NUMBERS), 'x', { ...QUERY, lines: 2, ...matching(/99$/) });
  expect(textsOf(result)).toEqual(['line 19899', 'line 19999']);
  expect(result).toMatchObject({ end: 'enough', matches: 2 });
});

test('includes lines around matches, each once', async () => {
  const query = { ...QUERY, ...matching(/^line (?:5|7|100)$/), linesBefore: 1, linesAfter: 2 };
  const result = await searchLog(serving(NUMBERS, 777), 'x', query);
  const numbers = [4, 5, 6, 7, 8, 9, 99, 100, 101, 102];
  expect(textsOf(result)).toEqual(numbers.map((number) => `line ${String(number)}`));
  expect(result.matches).toBe(3);
});

test('joins the records of long lines across pages', async () => {
  const records = Array.from({ length: 50 }, (_, index) => [
    line(`a${String(index)} `, { partial: true }),
    line(`e${String(index)}`, { stream: 'stderr' }),
    line(`b${String(index)}`),
  ]).flat();
  for (const most of [1, 2, 3, 7]) {
    const result = await searchLog(serving(records, most), 'x', { ...QUERY, lines: 4 });
    expect(textsOf(result)).toEqual(['e48', 'a48 b48', 'e49', 'a49 b49']);
  }
});

test('selects a span of time, and counts lines without a time', async () => {
  const at = (second: number): string => new Date(second * 1000).toISOString();
  const records = Array.from({ length: 100 }, (_, index) => line(String(index), { time: at(index) }));
  const query = { ...QUERY, lines: Infinity, isFiltered: true, sinceMs: 40_000, untilMs: 42_000 };
  const result = await searchLog(serving([...records, line('untimed')], 7), 'x', query);
  expect(textsOf(result)).toEqual(['40', '41', '42']);
  expect(result).toMatchObject({ end: 'since', untimed: 1 });
});
