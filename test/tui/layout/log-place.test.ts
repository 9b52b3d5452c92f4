import { describe, expect, test } from 'vitest';
import {
  bottomIndex,
  countBelow,
  findInLog,
  scrollLog,
  scrollThumb,
  topPlace,
} from '../../../src/tui/layout/log-place.ts';
import { appendLog, countFreshLines } from '../../../src/tui/state/append-log.ts';
import { nextToRead, prependLog } from '../../../src/tui/state/log-history.ts';
import { type CleanLine, emptyLog, type LogView, shownLines } from '../../../src/tui/state/log-view.ts';
import { logLine } from '../support/fake-world.ts';

/** The text of a line has 50 columns: one for the cursor, two for the stream, and nine for the time. */
const ROOM = { height: 4, columns: 62 };

function wrappedLog(lengths: readonly number[]): LogView {
  const lines = lengths.map((length) => logLine('x'.repeat(length)));
  return { ...appendLog(emptyLog(['web']), 'web', lines, 0), wraps: true };
}

describe('wrapped lines', () => {
  test('are scrolled row by row, so that no row is skipped', () => {
    const log = wrappedLog([200, 200, 200]);
    expect(topPlace(log, ROOM)).toEqual({ index: 2, row: 0 });
    const up = scrollLog(log, -1, ROOM);
    expect(topPlace(up, ROOM)).toEqual({ index: 1, row: 3 });
    expect(topPlace(scrollLog(up, -4, ROOM), ROOM)).toEqual({ index: 0, row: 3 });
    expect(topPlace(scrollLog(scrollLog(up, -4, ROOM), 4, ROOM), ROOM)).toEqual({ index: 1, row: 3 });
    expect(scrollLog(up, 1, ROOM).isFollowing).toBe(true);
  });

  test('at the end show the last row at the bottom', () => {
    const log = wrappedLog([10, 120, 10]);
    expect(topPlace(log, ROOM)).toEqual({ index: 1, row: 0 });
    expect(bottomIndex(log, ROOM)).toBe(2);
    expect(bottomIndex(scrollLog(log, -1, ROOM), ROOM)).toBe(1);
  });

  test('each page shows the rows next to the ones before', () => {
    const log = wrappedLog([70, 10, 260, 0, 120, 40, 90, 10, 10, 10]);
    const rows = [2, 1, 6, 1, 3, 1, 2, 1, 1, 1];
    const rowNumber = ({ index, row }: { index: number; row: number }): number =>
      rows.slice(0, index).reduce((sum, count) => sum + count, row);
    let at = rowNumber(topPlace(log, ROOM));
    expect(at).toBe(19 - 4);
    for (let page = log; at > 0;) {
      page = scrollLog(page, -4, ROOM);
      const next = rowNumber(topPlace(page, ROOM));
      expect(next).toBe(Math.max(0, at - 4));
      at = next;
    }
  });
});

describe('headings', () => {
  test('count lines that arrive while it is read once a second', () => {
    const log = scrollLog(wrappedLog([10, 10, 10, 10, 10, 10]), -1, ROOM);
    expect(countBelow(log, ROOM)).toBe(1);
    const more = appendLog(log, 'web', [logLine('a'), logLine('b')], 0);
    expect(countBelow(more, ROOM)).toBe(1);
    const ticked = countFreshLines(more);
    expect(countBelow(ticked, ROOM)).toBe(3);
    expect(ticked.perSecond).toBe(8);
    const idle = countFreshLines(ticked);
    expect(countFreshLines(idle)).toBe(idle);
  });
});

describe('the log of several programs', () => {
  const at = (second: number, text: string): CleanLine => ({
    ...logLine(text),
    time: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
  });
  const joint = (): LogView => {
    const api = appendLog(emptyLog(['api', 'db']), 'api', [at(50, 'api 50'), at(59, 'api 59')], 0, { before: 'a:9:0' });
    return appendLog(api, 'db', [at(10, 'db 10'), at(55, 'db 55')], 0, { before: 'd:4:0' });
  };

  test('shows only times of which the lines of all programs are read', () => {
    expect(shownLines(joint()).map(({ text }) => text)).toEqual(['api 50', 'db 55', 'api 59']);
  });

  test('is read back to the beginning of each program, and lines keep their numbers', () => {
    const log = joint();
    const [first] = shownLines(log);
    expect(nextToRead(log)).toEqual({ id: 'api', before: 'a:9:0' });
    const longer = prependLog(log, { program: 'api', lines: [at(1, 'api 1'), at(20, 'api 20')], older: null });
    expect(shownLines(longer).map(({ text }) => text)).toEqual(['db 10', 'api 20', 'api 50', 'db 55', 'api 59']);
    expect(shownLines(longer)[2]?.number).toBe(first?.number);
    expect(nextToRead(longer)).toEqual({ id: 'db', before: 'd:4:0' });
    const whole = prependLog(longer, { program: 'db', lines: [at(2, 'db 2')], older: null });
    expect(
      shownLines(whole)
        .map(({ text }) => text)
        .slice(0, 4),
    ).toEqual(['api 1', 'db 2', 'db 10', 'api 20']);
    expect(nextToRead(whole)).toBeNull();
  });
});

describe('the scroll bar', () => {
  const log = wrappedLog(Array.from({ length: 40 }, () => 10));

  test('is not shown while the log follows, or if all lines fit', () => {
    expect(scrollThumb(log, ROOM)).toBeNull();
    expect(scrollThumb({ ...log, isFollowing: false }, { height: 40, columns: 62 })).toBeNull();
  });

  test('touches an end only if nothing is beyond it', () => {
    const room = { height: 10, columns: 62 };
    const up = scrollLog(log, -1, room);
    expect(scrollThumb(up, room)).toEqual({ from: 7, to: 9 });
    const top = scrollLog(log, -1000, room);
    expect(scrollThumb(top, room)).toEqual({ from: 0, to: 2 });
    expect(scrollThumb({ ...top, older: new Map([['web', 'cursor']]) }, room)).toEqual({ from: 1, to: 3 });
  });

  test.each([1, 2, 3])('stays within %i rows', (height) => {
    const room = { height, columns: 62 };
    for (let by = 1; by <= 40; by += 1) {
      const thumb = scrollThumb(scrollLog(log, -by, room), room);
      expect(thumb?.from ?? 0).toBeGreaterThanOrEqual(0);
      expect(thumb?.to ?? 0).toBeLessThanOrEqual(height);
    }
  });
});

describe('dates between lines', () => {
  const days = [new Date(2026, 10, 27, 12), new Date(2026, 10, 28, 12), new Date(2026, 10, 29, 12)];
  const lines = days.map((day) => ({ ...logLine('job done'), time: day.toISOString() }));
  const log = appendLog(emptyLog(['web']), 'web', lines, 0);

  test('are rows of their own, and scrolling passes them', () => {
    const room = { height: 2, columns: 62 };
    expect(shownLines(log).map(({ mark }) => mark ?? 'line')).toEqual(['date', 'line', 'date', 'line', 'date', 'line']);
    let at = scrollLog(log, -1000, room);
    const tops = [topPlace(at, room).index];
    for (let step = 0; step < 4; step += 1) {
      at = scrollLog(at, 1, room);
      tops.push(topPlace(at, room).index);
    }
    expect(tops).toEqual([0, 1, 2, 3, 4]);
  });

  test('are not found by a search', () => {
    expect(findInLog({ ...log, search: 'November' }, 1, { height: 2, columns: 62 })).toBeNull();
    expect(findInLog({ ...log, search: 'job' }, 1, { height: 2, columns: 62 })).not.toBeNull();
  });
});
