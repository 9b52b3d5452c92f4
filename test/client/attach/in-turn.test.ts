import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inTurn } from '../../../src/client/attach/in-turn.ts';

test('messages that arrive at once are handled one after another, also after one that fails', async () => {
  const seen: string[] = [];
  const take = inTurn(async (message: string) => {
    for (const part of [1, 2]) {
      seen.push(`${message}${String(part)}`);
      await sleep(1);
    }
    if (message === 'b') throw new Error('b failed');
  });
  const results = await Promise.allSettled([take('a'), take('b'), take('c')]);
  expect(seen).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2']);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('a handler that returns nothing is called immediately', async () => {
  const seen: number[] = [];
  let pending: Promise<unknown> | undefined;
  const take = inTurn((message: number) => {
    seen.push(message);
    return pending;
  });
  take(1);
  expect(seen).toEqual([1]);
  pending = sleep(1);
  const first = take(2);
  const second = take(3);
  expect(seen).toEqual([1, 2]);
  await Promise.all([first, second]);
  pending = undefined;
  await sleep(0);
  take(4);
  expect(seen).toEqual([1, 2, 3, 4]);
});
