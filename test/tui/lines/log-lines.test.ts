import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { logLines } from '../../../src/tui/lines/log-lines.ts';
import { wrapText } from '../../../src/tui/text/wrap-text.ts';
import { appendLog } from '../../../src/tui/state/append-log.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { logLine } from '../support/fake-world.ts';
import { pens, press, screenWith } from '../support/states.ts';

function opened(...texts: readonly string[]): State {
  const { state } = press(screenWith(['web']), 'enter');
  const lines = texts.map((text) => ({ ...logLine(text, text.startsWith('!') ? 'stderr' : 'stdout'), time: null }));
  return { ...state, log: appendLog(state.log, 'web', lines, 0) };
}

function shown(state: State, height: number, columns = 12): string[] {
  return logLines(state, { ...pens(), columns, height })
    .slice(1)
    .map((text) => stripVTControlCharacters(text).trimEnd());
}

test('the end is shown, and lines of stderr are marked with an E', () => {
  expect(shown(opened('one', 'two', '!bad'), 3)).toEqual(['   two', ' E !bad']);
});

test('a log without lines says whether they are still to come', () => {
  const { state } = press(screenWith(['web']), 'enter');
  expect(shown(state, 2, 40)).toEqual(['  (loading the log ...)']);
  expect(shown({ ...state, log: appendLog(state.log, 'web', [], 0) }, 2, 40)).toEqual(['  (no output yet)']);
});

test('a mark shows where a run begins, whatever stream is shown', () => {
  const state = opened('old', '!bad');
  const mark = { ...logLine('run 2 started (pid 7)', 'stderr'), time: null, run: 2, mark: 'started' as const };
  const log = appendLog(state.log, 'web', [mark, { ...logLine('new'), time: null }], 0);
  expect(shown({ ...state, log }, 5, 40)).toEqual(
    ['   old', ' E bad', ' -- run 2 started (pid 7) --', '   new'].map((text) => text.replace(' E bad', ' E !bad')),
  );
  expect(shown({ ...state, log: { ...log, stream: 'stdout' } }, 4, 40)).toEqual([
    '   old',
    ' -- run 2 started (pid 7) --',
    '   new',
  ]);
});

test('a long line is cut, or wrapped with an indent', () => {
  const state = opened('abcdefghijklmno');
  expect(shown(state, 3)).toEqual(['   abcdefgh…', '']);
  expect(shown(press(state, 'w').state, 3)).toEqual(['   abcdefghi', '   jklmno']);
});

test('a cut line can be scrolled to its end', () => {
  expect(shown(press(opened('0123456789abcdefghij'), 'right').state, 2)).toEqual(['   ghij']);
});

test('matches of the search are highlighted', () => {
  const state = press(opened('say Hello'), '/', 'h', 'e').state;
  expect(logLines(state, { ...pens(), columns: 20, height: 2 })[1]).toContain('\x1b[7mHe\x1b[0m');
});

describe('a match beyond the edge', () => {
  const state = opened('0123456789 needle and more');

  test('scrolls its line so that the match is visible', () => {
    const found = press(state, '/', 'n', 'e', 'e', 'd', 'l', 'e').state;
    expect(shown(found, 2, 16)).toEqual(['   …789 needle …']);
    expect(shown(found, 2, 40)).toEqual(['   0123456789 needle and more']);
  });

  test('does not scroll a line that was scrolled manually, and never splits an emoji', () => {
    const found = press(opened('🎉'.repeat(20) + 'needle'), '/', 'n', 'e', 'e', 'd', 'l', 'e').state;
    expect(shown(found, 2, 16)[0]).toBe('   …🎉🎉needle');
    expect(shown(press(found, 'enter', 'right').state, 2, 16)[0]).not.toContain('…🎉🎉needle');
  });
});

describe('the heading of a search', () => {
  function heading(state: State, columns: number): string {
    return stripVTControlCharacters(logLines(state, { ...pens(), columns, height: 5 })[0] ?? '').trimEnd();
  }

  const typed = press(opened('one', 'two', 'three', 'one more'), '/', 'o', 'n').state;

  test('counts the matching lines while typing, then shows the current one', () => {
    expect(heading(typed, 80)).toContain('"on" 2 lines  n: next, N: previous, &: only these');
    const found = press(typed, 'enter').state;
    expect(heading(found, 80)).toContain('"on" 2 of 2  n: next');
    expect(heading(press(found, 'n').state, 80)).toContain('"on" 1 of 2  n: next');
  });

  test('drops the keys before the words on a narrow screen, but never the rule', () => {
    expect(heading(typed, 44)).toMatch(/^ Log following ─+ "on" 2 lines {2}n, N, &$/);
    expect(heading(typed, 34)).toMatch(/^ Log following ─+ "on" 2 lines$/);
    expect(heading(typed, 20)).toMatch(/^ Log following ─+$/);
  });
});

describe('wrapping', () => {
  test('never splits a wide character', () => {
    expect(wrapText('日本語', 3)).toEqual(['日', '本', '語']);
  });

  test('terminates even if nothing fits', () => {
    expect(wrapText('日本', 1).join('')).toBe('日本');
    expect(wrapText('', 5)).toEqual(['']);
  });
});

test('a log that is read has a scroll bar at the right edge', () => {
  const state = opened(...Array.from({ length: 30 }, (_, index) => `line ${String(index)}`));
  const right = (of: State): string =>
    shown(of, 7, 60)
      .map((text) => text.charAt(59))
      .join('');
  expect(right(state)).toBe('');
  expect(right(press(state, 'up').state)).toMatch(/^│+█│$/);
  expect(right(press(state, 'g').state)).toMatch(/^█│+$/);
});

test('the date is shown where a day begins', () => {
  const { state } = press(screenWith(['web']), 'enter');
  const lines = [27, 28].map((day) => ({ ...logLine('job'), time: new Date(2026, 10, day, 1, 2, 3).toISOString() }));
  const log = appendLog(state.log, 'web', lines, 0);
  expect(shown({ ...state, log }, 5, 50)).toEqual([
    ' -- Friday, November 27, 2026 --',
    ' 01:02:03   job',
    ' -- Saturday, November 28, 2026 --',
    ' 01:02:03   job',
  ]);
});
