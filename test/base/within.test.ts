import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { within } from '../../src/base/within.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new Promise<string>(() => undefined);

test('resolves like the promise, without leaving a timer', async () => {
  expect(await within(1000, Promise.resolve('value'), 'fallback')).toBe('value');
  expect(vi.getTimerCount()).toBe(0);
});

test('rejects like the promise, without leaving a timer', async () => {
  await expect(within(1000, Promise.reject(new Error('broken')), 'fallback')).rejects.toThrow('broken');
  expect(vi.getTimerCount()).toBe(0);
});

test('resolves to the fallback once the time is over, and not before', async () => {
  let result: string | null = null;
  const waiting = within(1000, never, 'fallback').then((value) => (result = value));
  await vi.advanceTimersByTimeAsync(999);
  expect(result).toBeNull();
  await vi.advanceTimersByTimeAsync(1);
  await waiting;
  expect(result).toBe('fallback');
});
