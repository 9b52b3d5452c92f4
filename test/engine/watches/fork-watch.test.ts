import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AnomalyWatch } from '../../../src/engine/watches/anomaly-watch.ts';
import { ForkWatch } from '../../../src/engine/watches/fork-watch.ts';
import { TestEngine } from '../../support/test-engine.ts';

/** A machine whose tasks and process trees the test sets. */
function watchForks() {
  const it = new TestEngine();
  const machine = { tasks: 100, counts: new Map<string, number>(), looks: 0, readings: 0 };
  const watch = new ForkWatch({
    engine: it.engine,
    anomalies: new AnomalyWatch(),
    sampler: {
      count: () => {
        machine.looks += 1;
        return Promise.resolve(machine.counts);
      },
    },
    tasks: {
      read: () => {
        machine.readings += 1;
        return machine.tasks;
      },
      close: () => undefined,
    },
    monoMs: () => performance.now(),
  });
  watch.start();
  return { it, machine, watch };
}

describe('the fork watch', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  test('counts processes as soon as the number of tasks rises sharply, and kills the fork bomb', async () => {
    const { it, machine, watch } = watchForks();
    it.run();
    await vi.advanceTimersByTimeAsync(1000);
    expect(machine.looks).toBe(0);
    machine.tasks += 80;
    machine.counts.set('web', 78);
    await vi.advanceTimersByTimeAsync(100);
    expect(it.kinds().slice(2)).toEqual(['fork-bomb', 'killed']);
    const told = it.runner.events.find(({ kind }) => kind === 'fork-bomb');
    expect(told?.data).toEqual({ descendants: 77, limit: 50, action: 'kill' });
    expect(it.runner.actions).toContain('SIGKILL web 1');
    watch.close();
  });

  test('reads the number of tasks less often while nothing is started, and notices a fork bomb then as well', async () => {
    const { it, machine, watch } = watchForks();
    it.run();
    await vi.advanceTimersByTimeAsync(10_000);
    machine.readings = 0;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(machine.readings).toBe(40);
    machine.tasks += 80;
    machine.counts.set('web', 78);
    await vi.advanceTimersByTimeAsync(250);
    expect(it.kinds().slice(2)).toEqual(['fork-bomb', 'killed']);
    watch.close();
  });

  test.each([
    ['ten times a second for two seconds after it has risen by several', 5, 10],
    ['no more often after it has risen by a few', 4, 4],
  ])('reads the number of tasks %s', async (_name, rise, readings) => {
    const { machine, watch } = watchForks();
    await vi.advanceTimersByTimeAsync(10_000);
    machine.tasks += rise;
    await vi.advanceTimersByTimeAsync(250);
    machine.readings = 0;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(machine.readings).toBe(readings);
    watch.close();
  });

  test('counts again at every reading while a program multiplies, and pauses if no program does', async () => {
    const { it, machine, watch } = watchForks();
    it.run();
    machine.counts.set('web', 1);
    machine.tasks = 150;
    await vi.advanceTimersByTimeAsync(100);
    machine.tasks = 200;
    await vi.advanceTimersByTimeAsync(400);
    expect(machine.looks).toBe(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(machine.looks).toBe(2);
    watch.close();
  });

  test('reports a fork bomb once if its action is log', async () => {
    const { it, watch } = watchForks();
    it.run({ anomaly: { forkBomb: { action: 'log' } } });
    const entry = it.engine.programs.get('web');
    for (let second = 0; second < 60 && entry !== undefined; second++) {
      watch.take(entry, 100 + second);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(it.kinds().slice(2)).toEqual(['fork-bomb']);
    watch.close();
  });

  test('ignores programs with the detector disabled or with a higher threshold', () => {
    const { it, watch } = watchForks();
    it.run({ anomaly: { forkBomb: { enabled: false } } });
    it.run({ id: 'pool', anomaly: { forkBomb: { maxDescendants: 200 } } });
    for (const entry of it.engine.programs.values()) watch.take(entry, 201);
    expect(it.runner.events.map(({ kind }) => kind)).not.toContain('fork-bomb');
    watch.close();
  });
});
