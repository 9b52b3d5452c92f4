import { parseMegabytes, parsePercent } from '../../../src/protocol/spec/quantities.ts';
import { InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import {
  addText,
  addVariable,
  readCount,
  readDuration,
  readLimit,
  readPattern,
} from '../../../src/cli/command/option-values.ts';

/** Calls the reader, which must refuse the text with this sentence and as an error that commander shows. */
function expectRefusal(read: () => unknown, message: string): void {
  expect(read).toThrow(InvalidArgumentError);
  expect(read).toThrow(message);
}

describe('a duration', () => {
  test.each([
    ['10s', 10_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['100ms', 100],
    ['1d', 86_400_000],
    ['0s', 0],
  ])('%s is %d ms', (text, ms) => {
    expect(readDuration(text)).toBe(ms);
  });

  test.each(['', 'soon', '10x', '-5s', 's', '1h 30m!', 'none'])('%j is refused', (text) => {
    expectRefusal(() => readDuration(text), 'Write a duration such as 10s, 5m or 1h30m.');
  });
});

describe('a count', () => {
  test.each([
    ['0', 0],
    ['7', 7],
    ['007', 7],
    ['500', 500],
  ])('%j is %d', (text, count) => {
    expect(readCount(500)(text)).toBe(count);
  });

  test.each(['', '-1', '1.5', '501', '1e2', '0x10', 'many', ' 5', 'none'])('%j is refused', (text) => {
    expectRefusal(() => readCount(500)(text), 'Write a whole number from 0 to 500.');
  });
});

describe('a limit', () => {
  test.each([
    ['none', null],
    ['500', 500],
    ['0.5', 0.5],
    ['.5', 0.5],
    ['12.25', 12.25],
    ['500M', 500],
    ['1G', 1024],
    ['1.5GiB', 1536],
    ['5MB', 5],
  ])('%j is %s', (text, limit) => {
    expect(readLimit('MB above 0', parseMegabytes)(text)).toBe(limit);
  });

  test.each(['', '0', '0.0', '-1', 'None', 'unlimited', '5X', '0M', '1e3', 'Infinity', 'NaN', '.'])(
    '%j is refused',
    (text) => {
      expectRefusal(() => readLimit('MB above 0', parseMegabytes)(text), 'Write a number of MB above 0, or "none".');
    },
  );

  test('is refused in its own unit', () => {
    expectRefusal(
      () => readLimit('percent above 0', parsePercent)('5G'),
      'Write a number of percent above 0, or "none".',
    );
  });
});

describe('a regular expression', () => {
  test.each([
    ['error', 'an error', true],
    ['^\\d+$', '42', true],
    ['^\\d+$', '4x', false],
    ['\\p{Lu}', 'aÄ', true],
  ])('%s on %j matches: %s', (pattern, line, isMatch) => {
    expect(readPattern(pattern).test(line)).toBe(isMatch);
  });

  test('cannot take forever', () => {
    const beganMs = performance.now();
    expect(readPattern('(a+)+$').test(`${'a'.repeat(5_000)}!`)).toBe(false);
    expect(performance.now() - beganMs).toBeLessThan(2_000);
    expect(() => readPattern('(?=a)b')).toThrow('it uses lookahead or lookbehind, which are not supported');
    expect(() => readPattern('(a)\\1')).toThrow('it uses a backreference');
    expect(() => readPattern('x'.repeat(2_000))).toThrow('it is longer than 1000 characters');
  });

  test.each(['(', '[', '*', '\\p{Nothing}'])('%j is refused with the reason', (text) => {
    expectRefusal(() => readPattern(text), 'Invalid regular expression');
  });
});

describe('texts', () => {
  test('are collected in the order in which they were given', () => {
    expect(addText('b', addText('a', undefined))).toEqual(['a', 'b']);
  });

  test('keep the previous ones unchanged', () => {
    const first = addText('a', undefined);
    addText('b', first);
    expect(first).toEqual(['a']);
  });
});

describe('variables', () => {
  test.each([
    ['A=1', { A: '1' }],
    ['A=', { A: '' }],
    ['A=x=y', { A: 'x=y' }],
    ['A= spaced ', { A: ' spaced ' }],
  ])('%j is %j', (text, variables) => {
    expect(addVariable(text, undefined)).toEqual(variables);
  });

  test('are collected, and the last value of a name counts', () => {
    expect(addVariable('A=3', addVariable('B=2', addVariable('A=1', undefined)))).toEqual({ A: '3', B: '2' });
  });

  test.each(['', '=', '=1', 'A', 'no value'])('%j is refused', (text) => {
    expectRefusal(() => addVariable(text, undefined), 'Write NAME=VALUE.');
  });
});
