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

const DONE = { value: undefined, done: true };

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

  test('throws its error once after the queued items, and is done from then on', async () => {
    const { queue, log } = queueWithLog();
    queue.open().push(1);
    queue.fail(new Error('refused'));
    expect(await queue.next()).toEqual({ value: 1, done: false });
    await expect(queue.next()).rejects.toThrow('refused');
    expect(await queue.next()).toEqual(DONE);
    expect(log).toEqual(['start', 'close', 'end']);
  });

  test('throws an error of its producer for the first of several pending requests, and ends the others', async () => {
    const { queue } = queueWithLog();
    const pending = [queue.next(), queue.next(), queue.next()];
    queue.fail(new Error('refused'));
    expect(await Promise.allSettled(pending)).toEqual([
      { status: 'rejected', reason: new Error('refused') },
      { status: 'fulfilled', value: DONE },
      { status: 'fulfilled', value: DONE },
    ]);
  });

  test('answers concurrent requests in order', async () => {
    const { queue } = queueWithLog();
    const pending = [queue.next(), queue.next(), queue.next()];
    queue.push(1);
    queue.push(2, 3);
    expect((await Promise.all(pending)).map(({ value }) => value)).toEqual([1, 2, 3]);
  });

  test('runs a step between the items before and after it, when the consumer has reached it', async () => {
    const { queue } = queueWithLog();
    const seen: string[] = [];
    queue.push(1);
    queue.pushStep(() => seen.push('step'));
    queue.push(2);
    seen.push(String((await queue.next()).value));
    seen.push(String((await queue.next()).value));
    expect(seen).toEqual(['1', 'step', '2']);
  });

  test('ends with the error of a step that throws', async () => {
    const { queue, log } = queueWithLog();
    queue.open().pushStep(() => {
      throw new Error('gap');
    });
    queue.push(2);
    await expect(queue.next()).rejects.toThrow('gap');
    expect(await queue.next()).toEqual(DONE);
    expect(log).toEqual(['start', 'close', 'end']);
  });

  test('is done after the queued items when its producer has finished, and is not started again', async () => {
    const { queue, log } = queueWithLog();
    queue.open().push(1);
    queue.finish();
    expect([await queue.next(), await queue.next(), await queue.next()]).toEqual([
      { value: 1, done: false },
      DONE,
      DONE,
    ]);
    expect(log).toEqual(['start', 'close', 'end']);
  });

  test('drops queued items when it is aborted', async () => {
    const { queue } = queueWithLog();
    queue.push(1, 2);
    queue.abort(new Error('aborted'));
    await expect(queue.next()).rejects.toThrow('aborted');
  });

  test('receives what its producer pushes while it starts', async () => {
    const queue = new MessageQueue<number>({
      start: (): { close(): void } => {
        queue.push(1);
        queue.push(2);
        return { close: () => undefined };
      },
      onEnd: () => undefined,
    });
    expect([(await queue.next()).value, (await queue.next()).value]).toEqual([1, 2]);
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

/** What a caller does with an iterator over 1, 2 and 3, and what it gets. */
const SCRIPTS: readonly (readonly [string, (items: AsyncIterableIterator<number, undefined>) => Promise<unknown>])[] = [
  ['requests one after the other', async (items) => [await items.next(), await items.next(), await items.next()]],
  ['concurrent requests', (items) => Promise.all([items.next(), items.next(), items.next(), items.next()])],
  ['requests beyond the end', async (items) => [...(await all(items)), await items.next(), await items.next()]],
  ['return before the first request', async (items) => [await items.return?.(), await items.next()]],
  ['return after a request', async (items) => [await items.next(), await items.return?.(), await items.next()]],
  ['return twice', async (items) => [await items.return?.(), await items.return?.()]],
  ['throw', async (items) => [await settled(items.throw?.(new Error('mine'))), await items.next()]],
  ['throw after the end', async (items) => [...(await all(items)), await settled(items.throw?.(new Error('mine')))]],
  ['a loop', (items) => all(items)],
  ['a loop after a loop', async (items) => [...(await all(items)), ...(await all(items))]],
  ['a loop that breaks, then a request', async (items) => [await firstOf(items), await items.next()]],
  ['itself as an iterable', (items) => Promise.resolve(items[Symbol.asyncIterator]() === items)],
];

async function all(items: AsyncIterable<number>): Promise<number[]> {
  const found: number[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function firstOf(items: AsyncIterable<number>): Promise<number | undefined> {
  for await (const item of items) return item;
  return undefined;
}

const settled = (promise: Promise<unknown> | undefined): Promise<unknown> => Promise.allSettled([promise]);

async function* generator(): AsyncGenerator<number, undefined> {
  yield* [1, 2, 3];
  return undefined;
}

describe('a message queue behaves as an async generator', () => {
  test.each(SCRIPTS)('with %s', async (_what, run) => {
    const { queue } = queueWithLog();
    queue.push(1, 2, 3);
    queue.finish();
    expect(await run(queue)).toEqual(await run(generator()));
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
