import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isGlob, matchesGlob } from '../../src/base/glob.ts';

test.each([
  ['web-*', 'web-0', true],
  ['web-*', 'web-', true],
  ['web-*', 'web', false],
  ['*', '', true],
  ['*', 'anything', true],
  ['?', 'a', true],
  ['?', '', false],
  ['w?b', 'web', true],
  ['w?b', 'weeb', false],
  ['*-api', 'shop-api', true],
  ['*-api', 'shop-api-2', false],
  ['a*b*c', 'aXbYc', true],
  ['a*b*c', 'aXc', false],
  ['web-[0-2]', 'web-1', true],
  ['web-[0-2]', 'web-3', false],
  ['web-[!0-2]', 'web-3', true],
  ['web-[^0-2]', 'web-1', false],
  ['[ab]c', 'bc', true],
  ['[', '[', true],
  ['a.c', 'abc', false],
  ['web', 'web', true],
  ['WEB', 'web', false],
])('%j on %j: %s', (glob, text, expected) => {
  expect(matchesGlob(glob, text)).toBe(expected);
});

test('every text matches itself and a prefix followed by a star', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9._@-]{0,40}$/), fc.nat(40), (text, cut) => {
      expect(matchesGlob(text, text)).toBe(true);
      expect(matchesGlob(`${text.slice(0, cut)}*`, text)).toBe(true);
    }),
  );
});

test('many stars take no time that grows exponentially', () => {
  const began = performance.now();
  expect(matchesGlob(`${'*a'.repeat(90)}b`, 'a'.repeat(64))).toBe(false);
  expect(performance.now() - began).toBeLessThan(1000);
});

test.each([
  ['web-*', true],
  ['w?b', true],
  ['[ab]', true],
  ['web', false],
])('%j is a glob: %s', (text, expected) => {
  expect(isGlob(text)).toBe(expected);
});
