import { expect, test } from 'vitest';
import { coarseDuration, countdown, limitsText } from '../../../src/tui/text/figures.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

test.each([
  [-1, '<10s'],
  [9.9 * SECOND, '<10s'],
  [10 * SECOND, '10s'],
  [59 * SECOND, '50s'],
  [MINUTE, '1m'],
  [HOUR - 1, '59m'],
  [HOUR, '1h 0m'],
  [25.5 * HOUR, '1d 1h'],
])('an age of %d ms is shown as "%s"', (ms, text) => {
  expect(coarseDuration(ms)).toBe(text);
});

test.each([
  [0, '0s'],
  [1, '1s'],
  [119_001, '120s'],
  [HOUR, '1h 0m'],
])('a remaining time of %d ms is shown as "%s"', (ms, text) => {
  const nowMs = Date.parse('2026-11-21T10:00:00.000Z');
  expect(countdown(new Date(nowMs + ms).toISOString(), nowMs)).toBe(text);
});

test.each([
  [{ cpuPercent: 150, memoryMb: 512 }, '150% 512M'],
  [{ cpuPercent: null, memoryMb: 512 }, '512M'],
  [{ cpuPercent: 80, memoryMb: null }, '80%'],
  [{ cpuPercent: null, memoryMb: null }, ''],
])('the limits %j are shown as "%s"', (limits, text) => {
  expect(limitsText(limits)).toBe(text);
});
