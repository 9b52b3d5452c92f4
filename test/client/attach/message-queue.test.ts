import { describe, expect, test } from 'vitest';
import { mergeRows } from '../../../src/client/attach/merge-rows.ts';
import { MessageQueue } from '../../../src/client/attach/message-queue.ts';
import { programRow, snapshotMessage } from '../../support/program-row.ts';

function queueWithLog(): { queue: MessageQueue<number>; log: string[] } {
  const log: string[] = [];
  const queue = new MessageQueue<number>({
    start: () => {
      log.push('start');
      return { close: () => log.push('close') };
    },
    onEnd: () => log.push('end'),
  });
  return { queue, log };
}

describe('a message queue', () => {
  test('returns items in order, whether they are pushed before or after they are requested', async () => {
    const { queue } = queueWithLog();
    queue.push(1, 2);
    expect([await queue.next(), await queue.next()]).toEqual([
      { value: 1, done: false },
      { value: 2, done: false },
    ]);
    const third = queue.next();
    queue.push(3);
    expect(await third).toEqual({ value: 3, done: false });
  });

  test('starts the producer once, when it is opened or the first item is requested', async () => {
    const { queue, log } = queueWithLog();
    queue.open().open();
    const first = queue.next();
    queue.push(1);
    await first;
    expect(log).toEqual(['start']);
  });

  test.each([
    [1_999, ['start']],
    [2_000, ['start', 'close']],
  ])('with %d queued items has this producer log: %j', (count, expected) => {
    const { queue, log } = queueWithLog();
    queue.open().push(...Array.from({ length: count }, (_, index) => index));
    expect(log).toEqual(expected);
  });

  test('restarts a stopped producer once it is empty', async () => {
    const { queue, log } = queueWithLog();
    queue.open().push(...Array.from({ length: 2_000 }, (_, index) => index));
    for (let count = 0; count < 2_000; count++) await queue.next();
    expect(log).toEqual(['start', 'close']);
    const next = queue.next();
    expect(log).toEqual(['start', 'close', 'start']);
    queue.push(7);
    expect(await next).toEqual({ value: 7, done: false });
  });

  test('throws its error after the queued items, every time', async () => {
    const { queue, log } = queueWithLog();
    queue.open().push(1);
    queue.fail(new Error('refused'));
    expect(await queue.next()).toEqual({ value: 1, done: false });
    await expect(queue.next()).rejects.toThrow('refused');
    await expect(queue.next()).rejects.toThrow('refused');
    expect(log).toEqual(['start', 'close']);
  });

  test('ends a pending request and drops queued items on return', async () => {
    const { queue, log } = queueWithLog();
    const pending = queue.next();
    await queue.return();
    expect(await pending).toEqual({ value: undefined, done: true });
    expect(await queue.next()).toEqual({ value: undefined, done: true });
    expect(log).toEqual(['start', 'close', 'end']);
  });

  test('ends with "break" in a loop', async () => {
    const { queue, log } = queueWithLog();
    queue.push(1, 2, 3);
    for await (const item of queue) if (item === 2) break;
    expect(log.at(-1)).toBe('end');
  });
});

describe('a snapshot message', () => {
  const row = (id: string, pid: number) => programRow({ id, pid });
  const ROWS = [row('a', 1), row('b', 1)];
  test.each<[string, Parameters<typeof snapshotMessage>[0], [string, number][]]>([
    [
      'without changes',
      { full: false, rows: [], removed: [] },
      [
        ['a', 1],
        ['b', 1],
      ],
    ],
    [
      'with a changed row',
      { full: false, rows: [row('a', 2)], removed: [] },
      [
        ['a', 2],
        ['b', 1],
      ],
    ],
    [
      'with a new row',
      { full: false, rows: [row('c', 3)], removed: [] },
      [
        ['a', 1],
        ['b', 1],
        ['c', 3],
      ],
    ],
    ['with a removed row', { full: false, rows: [], removed: ['a'] }, [['b', 1]]],
    [
      'with an unknown removed row',
      { full: false, rows: [], removed: ['x'] },
      [
        ['a', 1],
        ['b', 1],
      ],
    ],
    [
      'with a row that was removed and added again',
      { full: false, rows: [row('a', 5)], removed: ['a'] },
      [
        ['b', 1],
        ['a', 5],
      ],
    ],
    ['that is full', { full: true, rows: [row('z', 9)], removed: [] }, [['z', 9]]],
    ['that is full and empty', { full: true, rows: [], removed: [] }, []],
  ])('%s', (_what, message, expected) => {
    expect(mergeRows(ROWS, snapshotMessage(message)).map(({ id, pid }) => [id, pid])).toEqual(expected);
  });

  test('without changes returns the same rows', () => {
    expect(mergeRows(ROWS, snapshotMessage({ full: false, rows: [], removed: [] }))).toBe(ROWS);
  });
});
