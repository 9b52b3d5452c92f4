import { describe, expect, test } from 'vitest';
import { TUI_LIMITS } from '../../../src/tui/style/tui-limits.ts';
import { appendLog, emptyLog, findInLog, scrollLog, topIndex } from '../../../src/tui/state/log-view.ts';
import { logLine } from '../support/fake-world.ts';

function logOf(count: number): ReturnType<typeof emptyLog> {
  return appendLog(
    emptyLog(['web']),
    'web',
    Array.from({ length: count }, (_, index) => logLine(`line ${index}`)),
    0,
  );
}

describe('following', () => {
  test('shows the end', () => {
    expect(topIndex(logOf(100), 10)).toBe(90);
    expect(topIndex(logOf(3), 10)).toBe(0);
  });

  test('stops when scrolling up, and new lines do not move the view', () => {
    const scrolled = scrollLog(logOf(100), -20, 10);
    expect(scrolled.isFollowing).toBe(false);
    expect(topIndex(appendLog(scrolled, 'web', [logLine('new')], 0), 10)).toBe(70);
  });

  test('resumes at the end', () => {
    const scrolled = scrollLog(logOf(100), -20, 10);
    expect(scrollLog(scrolled, 20, 10).isFollowing).toBe(true);
  });
});

test('old lines are dropped, and the others keep their numbers', () => {
  const log = appendLog(logOf(TUI_LIMITS.logLines), 'web', [logLine('a'), logLine('b')], 4);
  expect(log.lines).toHaveLength(TUI_LIMITS.logLines);
  expect(log.lines[0]?.number).toBe(2);
  expect(log).toMatchObject({ skipped: 4 });
});

describe('search', () => {
  const log = { ...logOf(100), search: 'LINE 5' };

  test('moves from match to match and wraps around', () => {
    const first = findInLog({ ...log, match: 5 }, 1, 10);
    expect(first?.match).toBe(50);
    const last = findInLog({ ...log, match: 59 }, 1, 10);
    expect(last?.match).toBe(5);
    expect(findInLog({ ...log, match: 5 }, -1, 10)?.match).toBe(59);
  });

  test('searches backward from the end', () => {
    expect(findInLog(log, -1, 10)?.match).toBe(59);
  });

  test('returns null if no line matches', () => {
    expect(findInLog({ ...log, search: 'nowhere' }, 1, 10)).toBeNull();
  });
});
