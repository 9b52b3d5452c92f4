import { expect, test } from 'vitest';
import { parseGoal } from '../../../src/tui/state/log-goal.ts';

const NOW = new Date(2026, 10, 21, 10, 0, 0).getTime();

function at(day: number, hour: number, minute = 0, second = 0): number {
  return new Date(2026, 10, day, hour, minute, second).getTime();
}

test.each([
  ['1200', { kind: 'line', line: 1200 }],
  ['0', { kind: 'line', line: 1 }],
  ['50%', { kind: 'share', percent: 50 }],
  ['09:30', { kind: 'time', timeMs: at(21, 9, 30) }],
  ['9:30:05', { kind: 'time', timeMs: at(21, 9, 30, 5) }],
  ['2026-11-20', { kind: 'time', timeMs: at(20, 0) }],
  ['2026-11-20 08:15', { kind: 'time', timeMs: at(20, 8, 15) }],
  ['2026-11-20T08:15:00Z', { kind: 'time', timeMs: Date.UTC(2026, 10, 20, 8, 15) }],
  ['10m', { kind: 'time', timeMs: NOW - 600_000 }],
  ['-1h30m', { kind: 'time', timeMs: NOW - 5_400_000 }],
  ['2h ago', { kind: 'time', timeMs: NOW - 7_200_000 }],
])('%j is %j', (text, goal) => {
  expect(parseGoal(text, NOW)).toEqual(goal);
});

test('a time of day that is still to come is the one of yesterday', () => {
  expect(parseGoal('10:01', NOW)).toEqual({ kind: 'time', timeMs: at(20, 10, 1) });
});

test.each(['', 'x', '101%', '25:00', '10:60', '2026-13-01', '1 2'])('%j is no place', (text) => {
  expect(parseGoal(text, NOW)).toBeNull();
});
