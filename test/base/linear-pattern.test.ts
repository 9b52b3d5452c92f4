import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePattern, PATTERN_CHARS, PatternError } from '../../src/base/linear-pattern.ts';

/** These take the usual engine practically forever. */
const CATASTROPHIC = [
  '(a+)+$',
  '(a|aa)+$',
  '(a*)*b',
  '(.*)*x',
  '(x+x+)+y',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '(a|b|ab)*c',
  '.*.*.*.*.*.*=.*',
  '(?:a?){30}a{30}b',
  '((a{1,20}){1,20})b',
];

describe('a pattern', () => {
  test.each([
    ['error|warn', 'a warning', true],
    ['^ok$', 'ok', true],
    ['^ok$', 'not ok', false],
    ['a.c', 'a\nc', false],
    ['\\bweb-\\d+\\b', 'start web-12 now', true],
    ['\\u00e9', 'café', true],
    ['\\p{L}+', 'é', true],
    ['(?<name>a)b', 'ab', true],
    ['a/b', 'a/b', true],
    ['\\\\1', 'a\\1', true],
  ])('/%s/ in %j: %s', (source, text, found) => {
    expect(compilePattern(source).test(text)).toBe(found);
  });

  test('can ignore case and match line ends', () => {
    expect(compilePattern('ERROR', { ignoresCase: true }).test('an error')).toBe(true);
    expect(compilePattern('a.c', { isDotAll: true }).test('a\nc')).toBe(true);
  });

  test.each(CATASTROPHIC)('/%s/ is matched in linear time', (source) => {
    const pattern = compilePattern(source);
    const beganMs = performance.now();
    for (const text of ['a'.repeat(20_000), `${'a'.repeat(20_000)}!`, 'ab '.repeat(7_000)]) pattern.test(text);
    expect(performance.now() - beganMs).toBeLessThan(3_000);
  });

  test.each([
    ['(?=x)y', /uses lookahead or lookbehind, which are not supported/],
    ['(?<!x)y', /uses lookahead or lookbehind/],
    ['(a)\\1', /uses a backreference, which is not supported/],
    ['(?<n>a)\\k<n>', /uses a backreference/],
    ['a[', /is not a valid regular expression: missing closing \]/],
    ['((a{1,900}){1,900})', /repeats too much/],
    ['x'.repeat(PATTERN_CHARS + 1), /is longer than 1000 characters/],
  ])('/%s/ is refused with the reason', (source, reason) => {
    expect(() => compilePattern(source)).toThrow(PatternError);
    expect(() => compilePattern(source)).toThrow(reason);
  });

  test('agrees with the usual engine for simple patterns', () => {
    const part = fc.constantFrom('a', 'b', '.', '[ab]', '(a|b)', 'a*', 'b+', '(?:ab)?', '^', '$', '\\d', '\\s');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.stringMatching(/^[ab1 ]{0,12}$/), (parts, text) => {
        const source = parts.join('');
        expect(compilePattern(source).test(text)).toBe(new RegExp(source).test(text));
      }),
    );
  });
});
