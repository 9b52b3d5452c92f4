import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { logLines } from '../../../src/tui/lines/log-lines.ts';
import { wrapText } from '../../../src/tui/lines/wrap-text.ts';
import { appendLog } from '../../../src/tui/store/log-view.ts';
import type { State } from '../../../src/tui/store/state.ts';
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

test('the end is shown, errors marked by a letter too', () => {
  expect(shown(opened('one', 'two', '!bad'), 3)).toEqual(['   two', ' E !bad']);
});

test('a long line is cut, or wrapped under itself', () => {
  const state = opened('abcdefghijklmno');
  expect(shown(state, 3)).toEqual(['   abcdefgh…', '']);
  expect(shown(press(state, 'w').state, 3)).toEqual(['   abcdefghi', '   jklmno']);
});

test('a cut line can be read to its end', () => {
  expect(shown(press(opened('0123456789abcdefghij'), 'right').state, 2)).toEqual(['   ghij']);
});

test('matches of the search stand out', () => {
  const state = press(opened('say Hello'), '/', 'h', 'e').state;
  expect(logLines(state, { ...pens(), columns: 20, height: 2 })[1]).toContain('\x1b[7mHe\x1b[0m');
});

describe('wrapping', () => {
  test('never cuts a wide character', () => {
    expect(wrapText('日本語', 3)).toEqual(['日', '本', '語']);
  });

  test('ends even where nothing fits', () => {
    expect(wrapText('日本', 1).join('')).toBe('日本');
    expect(wrapText('', 5)).toEqual(['']);
  });
});
