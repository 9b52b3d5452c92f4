import { expect, test } from 'vitest';
import { reconnectDelayMs } from '../../../src/client/attach/backoff.ts';

test('the delay doubles from 250 ms up to 5 s', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 1000].map(reconnectDelayMs)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000, 5000]);
});
