import { expect, test } from 'vitest';
import { withoutIncompleteCharacter } from '../../../../src/engine/logs/files/record-cut.ts';

test.each([
  ['Name? ', 6],
  ['$ ', 2],
  ['é', 2],
  ['a€', 4],
  ['a😀', 5],
])('%j is whole', (text, length) => {
  expect(withoutIncompleteCharacter(Buffer.from(text))).toBe(length);
});

test.each([
  ['aé', 1],
  ['a€', 1],
  ['a€', 2],
  ['a😀', 1],
  ['a😀', 2],
  ['a😀', 3],
])('the end of %j is kept back while %i bytes of its last character are missing', (text, missing) => {
  const bytes = Buffer.from(text);
  expect(withoutIncompleteCharacter(bytes.subarray(0, bytes.length - missing))).toBe(1);
});

test('nothing is kept back of a character alone, or of bytes that are not UTF-8', () => {
  expect(withoutIncompleteCharacter(Buffer.from([0xe2, 0x82]))).toBe(2);
  expect(withoutIncompleteCharacter(Buffer.from([0x61, 0x80, 0x80, 0x80, 0x80]))).toBe(5);
  expect(withoutIncompleteCharacter(Buffer.from([0x61, 0xff]))).toBe(1);
  expect(withoutIncompleteCharacter(Buffer.alloc(0))).toBe(0);
});
