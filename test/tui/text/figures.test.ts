import { expect, test } from 'vitest';
import {
  coarseDuration,
  countdown,
  gigabytes,
  limitsText,
  oneDecimal,
  timeOfDay,
} from '../../../src/tui/text/figures.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

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

test.each([
  [null, ''],
  [0, '0.0'],
  [1.25, '1.3'],
  [99.96, '100.0'],
])('the value %j is shown as "%s"', (value, text) => {
  expect(oneDecimal(value)).toBe(text);
});

test.each([
  [0, '0.0'],
  [512, '0.5'],
  [1024, '1.0'],
  [24_064, '23.5'],
])('%d MB are "%s" GB', (mb, text) => {
  expect(gigabytes(mb)).toBe(text);
});

test('a countdown without an end is empty', () => {
  expect(countdown(null, 0)).toBe('');
});

test('a countdown that has passed stays at zero', () => {
  expect(countdown(new Date(0).toISOString(), 5000)).toBe('0s');
});

test('the time of day is local', () => {
  const time = new Date(2026, 10, 21, 9, 5, 7);
  expect(timeOfDay(time.toISOString())).toBe('09:05:07');
});

test.each([
  [10 * MINUTE - SECOND, '599s'],
  [10 * MINUTE - 1, '10m'],
  [10 * MINUTE, '10m'],
  [DAY, '1d 0h'],
])('%d ms that are left are counted down as "%s"', (ms, text) => {
  expect(countdown(new Date(ms).toISOString(), 0)).toBe(text);
});
