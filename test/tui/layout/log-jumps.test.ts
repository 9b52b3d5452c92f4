import { describe, expect, test } from 'vitest';
import { goToBookmark, goToGoal, lineAtHand } from '../../../src/tui/layout/log-jumps.ts';
import { scrollLog, toggleFollow, topPlace } from '../../../src/tui/layout/log-place.ts';
import { appendLog } from '../../../src/tui/state/append-log.ts';
import { bookmarksShown, toggleBookmark } from '../../../src/tui/state/bookmarks.ts';
import { type CleanLine, emptyLog, type LogView, openLog, shownLines } from '../../../src/tui/state/log-view.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { reduce } from '../../../src/tui/store/reduce.ts';
import { TUI_LIMITS } from '../../../src/tui/style/tui-limits.ts';
import { logLine } from '../support/fake-world.ts';
import { NOW, press, screenWith } from '../support/states.ts';

const ROOM = { height: 10, columns: 80 };

/** Lines of one second each, from a second on. */
function linesFrom(second: number, count: number): CleanLine[] {
  return Array.from({ length: count }, (_, index) => ({
    ...logLine(`line ${String(second + index)}`),
    time: new Date(Date.UTC(2026, 0, 1, 0, 0, second + index)).toISOString(),
  }));
}

function timeOf(second: number): number {
  return Date.UTC(2026, 0, 1, 0, 0, second);
}

/** 100 lines of the seconds 1000 to 1099, with older ones before. */
function logOf(older = true): LogView {
  return appendLog(emptyLog(['web']), 'web', linesFrom(1000, 100), 0, older ? { before: 'a:9:0' } : {});
}

/** Returns the line in the middle of the screen, which a jump leads to. */
function reached(log: LogView): string {
  return shownLines(log).find(({ number }) => number === log.match)?.text ?? '';
}

/** Opens the log of a program on the screen. */
function opened(log: LogView): State {
  return press(screenWith(['web'], { log, size: { columns: 80, rows: 24 } }), 'enter').state;
}

function olderRead(state: State, second: number, count: number, older: string | null): State {
  return reduce(state, { kind: 'olderRead', id: 'web', lines: linesFrom(second, count), older, nowMs: NOW });
}

describe('a jump to a time', () => {
  test('goes to the first line from then on', () => {
    const { log, text } = goToGoal(logOf(), { kind: 'time', timeMs: timeOf(1050) - 500 }, ROOM);
    expect(reached(log)).toBe('line 1050');
    expect(log).toMatchObject({ isFollowing: false, wantsOlder: false });
    expect(text).toContain('first line from');
  });

  test('reads older lines until the time is among them', () => {
    const state = opened(logOf());
    const { log } = goToGoal(state.log, { kind: 'time', timeMs: timeOf(850) }, ROOM);
    expect(log).toMatchObject({ wantsOlder: true, seek: { kind: 'goal' } });
    const once = olderRead({ ...state, log }, 900, 100, 'a:5:0');
    expect(once.log).toMatchObject({ wantsOlder: true, seek: { kind: 'goal' } });
    const twice = olderRead(once, 800, 100, 'a:1:0');
    expect(reached(twice.log)).toBe('line 850');
    expect(twice.log).toMatchObject({ wantsOlder: false, seek: null });
  });

  test('says when it is before the oldest line that is kept', () => {
    const state = opened(logOf());
    const { log } = goToGoal(state.log, { kind: 'time', timeMs: timeOf(1) }, ROOM);
    const read = olderRead({ ...state, log }, 900, 100, null);
    expect(reached(read.log)).toBe('line 900');
    expect(read.message?.text).toMatch(/is before the oldest line that is kept/);
  });

  test('says when nothing was written after it, and goes to the end', () => {
    const { log, text } = goToGoal(logOf(), { kind: 'time', timeMs: timeOf(5000) }, ROOM);
    expect(text).toMatch(/the newest line is of .*; nothing was written after it/);
    expect(log.isFollowing).toBe(true);
  });

  test('says when newer lines are not held', () => {
    const { text } = goToGoal({ ...logOf(), unheld: 3 }, { kind: 'time', timeMs: timeOf(5000) }, ROOM);
    expect(text).toContain('newer ones are not held');
  });

  test('says when lines have no times', () => {
    const lines = linesFrom(0, 5).map((line) => ({ ...line, time: null }));
    const log = appendLog(emptyLog(['web']), 'web', lines, 0);
    expect(goToGoal(log, { kind: 'time', timeMs: timeOf(0) }, ROOM).text).toBe('the lines of this log have no times');
  });
});

describe('a jump to a line', () => {
  test('counts from the oldest line that is kept, without where runs begin', () => {
    const state = opened(logOf());
    const { log } = goToGoal(state.log, { kind: 'line', line: 2 }, ROOM);
    expect(log).toMatchObject({ wantsOlder: true, seek: { kind: 'goal' } });
    const mark = { ...logLine('run 1 started'), mark: 'started' as const };
    const read = reduce(
      { ...state, log },
      { kind: 'olderRead', id: 'web', lines: [mark, ...linesFrom(900, 100)], older: null, nowMs: NOW },
    );
    expect(reached(read.log)).toBe('line 901');
    expect(read.message?.text).toBe('line 2 of 200');
  });

  test('beyond the end goes to the end, and says how many lines there are', () => {
    const { log, text } = goToGoal(logOf(false), { kind: 'line', line: 101 }, ROOM);
    expect(text).toBe('the log has 100 lines');
    expect(log.isFollowing).toBe(true);
    expect(goToGoal({ ...logOf(false), unheld: 9 }, { kind: 'line', line: 101 }, ROOM).text).toContain(
      'only the first 100 lines are held',
    );
  });

  test('that a filter hides goes to the next one, and says so', () => {
    const log = { ...logOf(false), search: '5', matchesOnly: true };
    const jump = goToGoal(log, { kind: 'line', line: 7 }, ROOM);
    expect(reached(jump.log)).toBe('line 1015');
    expect(jump.text).toBe('line 7 of 100 is hidden; this is the next one');
  });

  test('by a share of the log', () => {
    expect(reached(goToGoal(logOf(false), { kind: 'share', percent: 50 }, ROOM).log)).toBe('line 1050');
  });
});

describe('a bookmark', () => {
  const withBookmark = (log: LogView, text: string): LogView => {
    const line = log.lines.find((each) => each.text === text);
    if (line === undefined) throw new Error(`no line ${text}`);
    return toggleBookmark(log, line);
  };
  const twoMarks = (): LogView => withBookmark(withBookmark(logOf(false), 'line 1030'), 'line 1060');

  test('is set at the newest line while the log follows, at the top while it is read, and at a match', () => {
    expect(lineAtHand(logOf(), ROOM)?.text).toBe('line 1099');
    const read = scrollLog(logOf(), -40, ROOM);
    expect(lineAtHand(read, ROOM)?.text).toBe('line 1050');
    const found = goToGoal(logOf(), { kind: 'time', timeMs: timeOf(1020) }, ROOM).log;
    expect(lineAtHand(found, ROOM)?.text).toBe('line 1020');
    expect(lineAtHand(emptyLog(['web']), ROOM)).toBeNull();
  });

  test('is found in both directions, and the search wraps around', () => {
    const up = goToBookmark(twoMarks(), -1, ROOM);
    expect(up).toMatchObject({ text: 'bookmark 2 of 2' });
    const further = goToBookmark(up?.log ?? logOf(), -1, ROOM);
    expect(reached(further?.log ?? logOf())).toBe('line 1030');
    const around = goToBookmark(further?.log ?? logOf(), -1, ROOM);
    expect(reached(around?.log ?? logOf())).toBe('line 1060');
    expect(goToBookmark(around?.log ?? logOf(), 1, ROOM)).toMatchObject({ text: 'bookmark 1 of 2' });
  });

  test('is removed by setting it again', () => {
    const log = withBookmark(withBookmark(logOf(), 'line 1030'), 'line 1030');
    expect(log.bookmarks).toEqual([]);
    expect(goToBookmark(log, 1, ROOM)).toBeNull();
  });

  test('is kept while the log of another program is shown', () => {
    const other = appendLog(openLog(twoMarks(), ['api']), 'api', linesFrom(1000, 100), 0);
    expect(bookmarksShown(other)).toEqual([]);
    expect(goToBookmark(other, 1, ROOM)).toBeNull();
    const again = appendLog(openLog(other, ['web']), 'web', linesFrom(1000, 100), 0);
    expect(again.lines.filter(({ bookmarked }) => bookmarked).map(({ text }) => text)).toEqual([
      'line 1030',
      'line 1060',
    ]);
  });

  test('in a line that is no longer held is found by reading older lines', () => {
    const state = opened(logOf());
    const marked = withBookmark(logOf(false), 'line 1005');
    const newer = appendLog(openLog({ ...marked, ids: [] }, ['web']), 'web', linesFrom(1050, 50), 0, {
      before: 'a:7:0',
    });
    const jump = goToBookmark(newer, -1, ROOM);
    expect(jump?.log).toMatchObject({ wantsOlder: true, seek: { kind: 'bookmark' } });
    const read = olderRead({ ...state, log: jump?.log ?? newer }, 1000, 50, 'a:1:0');
    expect(reached(read.log)).toBe('line 1005');
    expect(read.log.seek).toBeNull();
  });

  test('marks one of several equal lines', () => {
    const lines = Array.from({ length: 5 }, () => ({ ...logLine('tick'), time: null }));
    const log = appendLog(emptyLog(['web']), 'web', lines, 0);
    const [first] = log.lines;
    if (first === undefined) throw new Error('no line');
    const marked = appendLog(toggleBookmark(log, first), 'web', lines, 0);
    expect(marked.lines.filter(({ bookmarked }) => bookmarked)).toHaveLength(1);
    const again = appendLog(openLog({ ...marked, ids: [] }, ['web']), 'web', lines, 0);
    expect(again.lines.filter(({ bookmarked }) => bookmarked)).toHaveLength(1);
  });

  test('stays at its line when others are dropped, and when the log follows again', () => {
    const log = appendLog(twoMarks(), 'web', linesFrom(1100, TUI_LIMITS.logLines - 50), 0);
    expect(log.lines.filter(({ bookmarked }) => bookmarked).map(({ text }) => text)).toEqual(['line 1060']);
    expect(bookmarksShown(toggleFollow({ ...log, isFollowing: false, unheld: 1 }, ROOM))).toHaveLength(2);
  });
});

describe('keys', () => {
  test('b sets a bookmark and removes it, and both say where', () => {
    const marked = press(opened(logOf()), 'b').state;
    expect(marked.message?.text).toMatch(/^bookmark set at \d\d:\d\d:\d\d: line 1099$/);
    expect(press(marked, 'b').state.message?.text).toMatch(/^bookmark removed at .*: line 1099$/);
  });

  test('without a bookmark, they say how one is set', () => {
    expect(press(opened(logOf()), "'").state.message?.text).toBe('no bookmarks: b sets one');
  });

  test('@ asks for a place and goes there', () => {
    const state = press(opened(logOf(false)), '@', '1', '2', 'enter').state;
    expect(reached(state.log)).toBe('line 1011');
    expect(state.message?.text).toBe('line 12 of 100');
    expect(topPlace(state.log, ROOM).index).toBeGreaterThan(0);
  });

  test('@ says what it takes', () => {
    const { message } = press(opened(logOf()), '@', 'x', 'enter').state;
    expect(message).toMatchObject({ tone: 'bad' });
    expect(message?.text).toMatch(/^cannot go to "x"; type a line such as 1200, .*14:30/);
  });

  test('the command "goto" does the same, in a log', () => {
    const state = press(opened(logOf(false)), ':', ...Array.from('goto 7'), 'enter').state;
    expect(state.message?.text).toBe('line 7 of 100');
    const list = press(screenWith(['web']), ':', ...Array.from('goto 7'), 'enter').state;
    expect(list.message?.text).toBe('open a log first (l)');
  });
});
