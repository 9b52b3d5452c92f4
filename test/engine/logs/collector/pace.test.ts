import { describe, expect, test } from 'vitest';
import { gatherMs } from '../../../../src/engine/logs/collector/pace.ts';

describe('the pause after a turn of the log collector', () => {
  test.each([1, 2, 8])('is short with %s pipes: a few programs do not wait for each other', (pipes) => {
    expect(gatherMs(pipes)).toBe(2);
  });

  test('grows with the number of pipes that contain output', () => {
    expect([10, 20, 40, 80].map(gatherMs)).toEqual([3, 5, 10, 20]);
  });

  test('is bounded: until then, no pipe must be full', () => {
    expect(gatherMs(100)).toBe(25);
    expect(gatherMs(10_000)).toBe(25);
  });
});
