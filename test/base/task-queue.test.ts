import { expect, test } from 'vitest';
import { createKeyedQueue, createTaskQueue } from '../../src/base/task-queue.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('runs tasks one at a time, in order', async () => {
  const queue = createTaskQueue();
  const steps: string[] = [];
  const task = (name: string) => async () => {
    steps.push(`${name} starts`);
    await nextTurn();
    steps.push(`${name} ends`);
    return name;
  };
  expect(await Promise.all([queue(task('a')), queue(task('b')), queue(task('c'))])).toEqual(['a', 'b', 'c']);
  expect(steps).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
});

test('continues after a failed task, whose caller receives the error', async () => {
  const queue = createTaskQueue();
  const failed = queue(() => Promise.reject(new Error('broken')));
  const next = queue(() => Promise.resolve('works'));
  await expect(failed).rejects.toThrow('broken');
  expect(await next).toBe('works');
});

test('treats an exception like a rejection', async () => {
  const queue = createTaskQueue();
  const failed = queue(() => {
    throw new Error('broken');
  });
  await expect(failed).rejects.toThrow('broken');
  expect(await queue(() => Promise.resolve(1))).toBe(1);
});

test('runs tasks of one key in order, while those of other keys do not wait', async () => {
  const queue = createKeyedQueue();
  const steps: string[] = [];
  let endSlow: () => void = () => undefined;
  const slow = queue('a', () => new Promise<void>((resolve) => (endSlow = resolve)));
  const next = queue('a', () => Promise.resolve(steps.push('a')));
  await queue('b', () => Promise.resolve(steps.push('b')));
  await expect(queue('b', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(steps).toEqual(['b']);
  endSlow();
  await Promise.all([slow, next, queue('b', () => Promise.resolve())]);
  expect(steps).toEqual(['b', 'a']);
});
