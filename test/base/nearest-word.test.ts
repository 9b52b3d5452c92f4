import { describe, expect, test } from 'vitest';
import { editDistance, nearestWord } from '../../src/base/nearest-word.ts';

test.each([
  ['', '', 0],
  ['web', 'web', 0],
  ['web', '', 3],
  ['', 'web', 3],
  ['wbe', 'web', 1],
  ['worker', 'walker', 2],
  ['restart', 'start', 2],
])('"%s" and "%s" are %d apart', (from, to, slips) => {
  expect(editDistance(from, to)).toBe(slips);
  expect(editDistance(to, from)).toBe(slips);
});

describe('nearestWord', () => {
  test('finds the most similar word', () => {
    expect(nearestWord('statsu', ['start', 'status', 'stop'])).toBe('status');
    expect(nearestWord('Web', ['db', 'web'])).toBe('web');
    expect(nearestWord('wb', ['db', 'web'])).toBe('db');
  });

  test('returns null if no word is similar', () => {
    expect(nearestWord('xyzzy', ['web', 'worker'])).toBeNull();
    expect(nearestWord('x', [])).toBeNull();
  });
});
