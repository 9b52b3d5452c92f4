import { prependLog } from '../../../src/tui/state/log-history.ts';
import { describe, expect, test } from 'vitest';
import { TUI_LIMITS } from '../../../src/tui/style/tui-limits.ts';
import { findInLog, scrollLog, toggleFollow, topPlace } from '../../../src/tui/layout/log-place.ts';
import { appendLog } from '../../../src/tui/state/append-log.ts';
import { type CleanLine, emptyLog } from '../../../src/tui/state/log-view.ts';
import { logLine } from '../support/fake-world.ts';

const ROOM = { height: 10, columns: 80 };

function outputOf(count: number): readonly CleanLine[] {
  return Array.from({ length: count }, (_, index) => logLine(`line ${index}`));
}

function logOf(count: number): ReturnType<typeof emptyLog> {
  return appendLog(emptyLog(['web']), 'web', outputOf(count), 0);
}

describe('following', () => {
  test('shows the end', () => {
    expect(topPlace(logOf(100), ROOM).index).toBe(90);
    expect(topPlace(logOf(3), ROOM).index).toBe(0);
  });

  test('stops when scrolling up, and new lines do not move the view', () => {
    const scrolled = scrollLog(logOf(100), -20, ROOM);
    expect(scrolled.isFollowing).toBe(false);
    expect(topPlace(appendLog(scrolled, 'web', [logLine('new')], 0), ROOM).index).toBe(70);
  });

  test('resumes at the end', () => {
    const scrolled = scrollLog(logOf(100), -20, ROOM);
    expect(scrollLog(scrolled, 20, ROOM).isFollowing).toBe(true);
  });
});

test('old lines are dropped, and the others keep their numbers', () => {
  const log = appendLog(logOf(TUI_LIMITS.logLines), 'web', [logLine('a'), logLine('b')], 4);
  expect(log.lines).toHaveLength(TUI_LIMITS.logLines);
  expect(log.lines[0]?.number).toBe(2);
  expect(log).toMatchObject({ skipped: 4 });
});

describe('reading back', () => {
  const page = Array.from({ length: 50 }, (_, index) => logLine(`old ${index}`));

  test('holds still and counts what it does not hold, until it follows again', () => {
    const log = scrollLog(logOf(TUI_LIMITS.logLines), -20, ROOM);
    const more = appendLog(log, 'web', [logLine('new')], 0);
    expect(more).toMatchObject({ unheld: 1, top: log.top });
    expect(more.lines).toBe(log.lines);
    expect(toggleFollow(more, ROOM)).toMatchObject({ lines: [], isFollowing: true, unheld: 0 });
  });

  test('asks for older lines at the top, and for the beginning with g', () => {
    const log = { ...logOf(100), older: new Map([['web', 'a:0:0']]) };
    expect(scrollLog(log, -20, ROOM).wantsOlder).toBe(false);
    expect(scrollLog(log, -85, ROOM)).toMatchObject({ wantsOlder: true, seek: null });
    expect(scrollLog(log, -1000, ROOM)).toMatchObject({ wantsOlder: true, seek: { kind: 'beginning' } });
  });

  test('adds older lines in front, and the view stays', () => {
    const log = scrollLog({ ...logOf(100), older: new Map([['web', 'a:0:0']]) }, -1000, ROOM);
    const longer = prependLog(log, { program: 'web', lines: page, older: null });
    expect(longer.lines).toHaveLength(150);
    expect(topPlace(longer, ROOM).index).toBe(50);
    expect(longer).toMatchObject({ older: new Map(), wantsOlder: false });
  });

  test('drops old lines up to one whose position is known', () => {
    let log = emptyLog(['web']);
    for (let batch = 0; batch * 100 < TUI_LIMITS.logLines + 100; batch += 1) {
      const before = `f:${String(batch)}:0`;
      log = appendLog(log, 'web', outputOf(100), 0, { before });
    }
    expect(log.lines[0]?.number).toBe(100);
    expect(log.older.get('web')).toBe('f:1:0');
  });

  test('an unfinished line is replaced by the whole one', () => {
    const open = appendLog(emptyLog(['web']), 'web', [{ ...logLine('10%'), partial: true }], 0);
    const done = appendLog(open, 'web', [logLine('done'), logLine('next')], 0, { continues: true });
    expect(done.lines.map(({ text, number }) => [number, text])).toEqual([
      [0, 'done'],
      [1, 'next'],
    ]);
  });
});

describe('search', () => {
  const log = { ...logOf(100), search: 'LINE 5' };

  test('moves from match to match and wraps around', () => {
    const first = findInLog({ ...log, match: 5 }, 1, ROOM);
    expect(first?.match).toBe(50);
    const last = findInLog({ ...log, match: 59 }, 1, ROOM);
    expect(last?.match).toBe(5);
    expect(findInLog({ ...log, match: 5 }, -1, ROOM)?.match).toBe(59);
  });

  test('searches backward from the end', () => {
    expect(findInLog(log, -1, ROOM)?.match).toBe(59);
  });

  test('returns null if no line matches', () => {
    expect(findInLog({ ...log, search: 'nowhere' }, 1, ROOM)).toBeNull();
  });
});
