import { expect, test } from 'vitest';
import { TEXT_EDITS, type TextEditName, type TextField, textField } from '../../../src/tui/state/text-field.ts';

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
