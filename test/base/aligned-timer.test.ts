import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startAlignedTimer } from '../../src/base/aligned-timer.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('timers with related intervals call back at the same moments, whenever they were started', async () => {
  const calls: string[] = [];
  const note = (name: string) => () => calls.push(`${name} ${String(performance.now() % 1_000)}`);
  const ends = [startAlignedTimer(1_000, note('slow'))];
  await vi.advanceTimersByTimeAsync(130);
  ends.push(startAlignedTimer(200, note('fast')));
  await vi.advanceTimersByTimeAsync(2_000);
  for (const end of ends) end();
  expect(calls.filter((call) => call.startsWith('slow'))).toEqual(['slow 0', 'slow 0']);
  expect(new Set(calls.filter((call) => call.startsWith('fast')))).toEqual(
    new Set(['fast 0', 'fast 200', 'fast 400', 'fast 600', 'fast 800']),
  );
});

test('a timer that was ended does not call back again', async () => {
  let calls = 0;
  const end = startAlignedTimer(100, () => calls++);
  await vi.advanceTimersByTimeAsync(450);
  end();
  const before = calls;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(before).toBeGreaterThanOrEqual(3);
  expect(calls).toBe(before);
});
