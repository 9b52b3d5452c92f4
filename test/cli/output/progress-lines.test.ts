import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProgressLines } from '../../../src/cli/output/progress-lines.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('where there is no terminal, progress is a line every 5 s at most, and none if nothing has changed', () => {
  const lines: string[] = [];
  const show = createProgressLines((line) => void lines.push(line));
  show('stopping programs: 9 left');
  vi.advanceTimersByTime(4_000);
  show('stopping programs: 5 left');
  expect(lines).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(lines).toEqual(['stopping programs: 5 left']);
  vi.advanceTimersByTime(20_000);
  expect(lines).toHaveLength(1);
  show('stopping programs: 1 left');
  vi.advanceTimersByTime(5_000);
  expect(lines).toEqual(['stopping programs: 5 left', 'stopping programs: 1 left']);
});

test('an operation that is over within 5 s prints nothing', () => {
  const lines: string[] = [];
  const show = createProgressLines((line) => void lines.push(line));
  show('reading ecosystem.config.js');
  vi.advanceTimersByTime(4_999);
  show(null);
  vi.advanceTimersByTime(60_000);
  expect(lines).toEqual([]);
});
