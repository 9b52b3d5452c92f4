import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/base/duration.ts';

describe('formatDuration', () => {
  test.each([
    [-5, '0ms'],
    [0, '0ms'],
    [240.7, '240ms'],
    [1000, '1.0s'],
    [8299, '8.2s'],
    [9999, '9.9s'],
    [10_000, '10s'],
    [59_999, '59s'],
    [60_000, '1m 00s'],
    [723_000, '12m 03s'],
    [3_599_999, '59m 59s'],
    [3_600_000, '1h 00m'],
    [86_399_999, '23h 59m'],
    [86_400_000, '1d 0h'],
    [273_600_000, '3d 4h'],
  ])('formats %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('parseDuration', () => {
  test.each([
    ['30m', 1_800_000],
    ['1h30m', 5_400_000],
    ['1h 30m', 5_400_000],
    ['1.5s', 1500],
    ['250ms', 250],
    ['2d', 172_800_000],
    ['10', 10_000],
    ['0', 0],
  ])('parses %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', 'soon', '-5s', '5x', '5 s', 's', '1h30', ' 5s', '1e3s'])('rejects "%s"', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});
