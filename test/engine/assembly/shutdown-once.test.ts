import { describe, expect, test } from 'vitest';
import { type Afterwards, ShutdownOnce } from '../../../src/engine/assembly/shutdown-once.ts';
import type { ShutdownOptions } from '../../../src/engine/operations/shutdown.ts';

const EVERYTHING: ShutdownOptions = { keep: false, timeoutMs: null };

/** A shutdown whose end the test decides. */
function createShutdown() {
  const begun: Afterwards[] = [];
  const requested: ShutdownOptions[] = [];
  let finish: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (finish = resolve));
  const shutdown = new ShutdownOnce(async (options) => {
    requested.push(options);
    await done;
    return { stopped: ['web'], forced: [], kept: options.keep ? ['web'] : [], tookMs: 1 };
  });
  shutdown.onBegin.add((afterwards) => begun.push(afterwards));
  return { shutdown, begun, requested, finish: () => finish() };
}

describe('a shutdown', () => {
  test('happens once, and every request gets its result', async () => {
    const { shutdown, begun, requested, finish } = createShutdown();
    const first = shutdown.shutdown(EVERYTHING);
    const second = shutdown.shutdown({ keep: true, timeoutMs: 5 });
    finish();
    expect(await second).toBe(await first);
    expect(requested).toEqual([EVERYTHING]);
    expect(begun).toEqual(['exit']);
    expect(await shutdown.ended).toBe('exit');
  });

  test('in progress is shortened by a later request with a timeout', async () => {
    const { shutdown, requested, finish } = createShutdown();
    const shortened: number[] = [];
    shutdown.onShortened.add((ms) => shortened.push(ms));
    expect(shutdown.hasBegun).toBe(false);
    const all = [EVERYTHING, EVERYTHING, { keep: false, timeoutMs: 2_000 }].map((each) => shutdown.shutdown(each));
    expect(shutdown.hasBegun).toBe(true);
    finish();
    await Promise.all(all);
    expect(requested).toEqual([EVERYTHING]);
    expect(shortened).toEqual([2_000]);
  });

  test('for a restart keeps the programs, and the next engine follows', async () => {
    const { shutdown, begun, requested, finish } = createShutdown();
    const restart = shutdown.restart();
    finish();
    expect(await restart).toEqual({ pid: process.pid, kept: ['web'] });
    expect(requested).toEqual([{ keep: true, timeoutMs: null }]);
    expect(begun).toEqual(['start-again']);
    expect(await shutdown.ended).toBe('start-again');
  });

  test.each([
    ['a shutdown', ({ shutdown }: ReturnType<typeof createShutdown>) => shutdown.shutdown(EVERYTHING)],
    ['a restart', ({ shutdown }: ReturnType<typeof createShutdown>) => shutdown.restart()],
  ])('in progress refuses a restart: %s', async (_, begin) => {
    const parts = createShutdown();
    const first = begin(parts);
    await expect(parts.shutdown.restart()).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: 'the engine is already shutting down',
    });
    parts.finish();
    await first;
  });

  test('ends only after its result was returned', async () => {
    const { shutdown, finish } = createShutdown();
    const order: string[] = [];
    const ended = shutdown.ended.then(() => order.push('ended'));
    finish();
    await shutdown.shutdown(EVERYTHING);
    order.push('result');
    await ended;
    expect(order).toEqual(['result', 'ended']);
  });
});
