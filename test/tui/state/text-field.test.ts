import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  fitTyped,
  TEXT_EDITS,
  type TextEditName,
  type TextField,
  textField,
} from '../../../src/tui/state/text-field.ts';
import { charactersOf } from '../../../src/base/characters.ts';

function edited(field: TextField, ...edits: readonly (TextEditName | { readonly typed: string })[]): TextField {
  return edits.reduce<TextField>(
    (now, edit) => (typeof edit === 'string' ? TEXT_EDITS[edit](now, '') : TEXT_EDITS.type(now, edit.typed)),
    field,
  );
}

test('types at the caret', () => {
  expect(edited(textField('helo'), 'caretLeft', { typed: 'l' })).toEqual({ text: 'hello', caret: 4 });
  expect(edited(textField('b'), 'caretStart', { typed: 'a' })).toEqual({ text: 'ab', caret: 1 });
});

test.each([
  ['eraseCharacter', 'one two thre'],
  ['eraseWord', 'one two '],
  ['eraseText', ''],
  ['eraseNext', 'one two three'],
] as const)('%s at the end results in %j', (name, text) => {
  expect(edited(textField('one two three'), name).text).toBe(text);
});

test('deletes text after the caret only with the forward edits', () => {
  const middle = edited(textField('abcd'), 'caretLeft', 'caretLeft');
  expect(edited(middle, 'eraseText')).toEqual({ text: 'cd', caret: 0 });
  expect(edited(middle, 'eraseRest')).toEqual({ text: 'ab', caret: 2 });
  expect(edited(middle, 'eraseNext').text).toBe('abd');
});

test('an emoji with several code points is one character', () => {
  expect(edited(textField('a👨‍👩‍👧'), 'eraseCharacter')).toEqual({ text: 'a', caret: 1 });
});

test('a paste of several lines becomes one line without escape sequences', () => {
  expect(edited(textField(), { typed: 'one\ntwo\x1b[2J' }).text).toBe('one two');
});

test.each([
  ['letters', 'x'.repeat(60_000)],
  ['words', 'word '.repeat(12_000)],
  ['blanks', `a${' '.repeat(30_000)}b${' '.repeat(30_000)}`],
  ['emoji', '👨‍👩‍👧'.repeat(7_000)],
  ['one letter with marks', `a${'\u0301'.repeat(60_000)}`],
  ['syllables that combine', 'กำ'.repeat(30_000)],
])('a long paste of %s is cut at once, and the field stays quick to edit', (_, paste) => {
  const startedAt = performance.now();
  const text = fitTyped(textField(), paste, 4096);
  expect(text.length).toBeLessThanOrEqual(4096);
  expect(paste.startsWith(text)).toBe(true);
  const field = edited(textField(text), 'caretLeft', { typed: 'a' }, 'eraseWord', 'eraseCharacter', 'caretRight');
  expect(fitTyped(field, paste, 4096).length).toBeLessThanOrEqual(4096);
  expect(performance.now() - startedAt).toBeLessThan(1000);
});

test('a cut falls between characters', () => {
  expect(fitTyped(textField('ab'), 'c👨‍👩‍👧d', 5)).toBe('c');
  expect(fitTyped(textField('ab'), 'cde', 4)).toBe('cd');
  expect(fitTyped(textField('abcd'), 'e', 4)).toBe('');
});

test('splits text as Intl.Segmenter does', () => {
  const segments = (text: string): string[] => Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  const pieces = fc.constantFrom(
    'a',
    'é',
    'e\u0301',
    '日',
    '한',
    '👨‍👩‍👧',
    '🇩🇪',
    'กำ',
    '\u200d',
    '\u0301',
    ' ',
    'ж',
    '\ud800',
    '\r',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(pieces), (parts) => {
      expect(charactersOf(parts.join(''))).toEqual(segments(parts.join('')));
    }),
  );
});
