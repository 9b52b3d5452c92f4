import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AnomalyWatch } from '../../../src/engine/watches/anomaly-watch.ts';
import { ForkWatch } from '../../../src/engine/watches/fork-watch.ts';
import { TestEngine } from '../../support/test-engine.ts';

/** A machine whose tasks and trees are what the test says. */
function watchForks() {
  const it = new TestEngine();
  const machine = { tasks: 100, counts: new Map<string, number>(), looks: 0 };
  const watch = new ForkWatch({
    engine: it.engine,
    anomalies: new AnomalyWatch(),
    sampler: {
      count: () => {
        machine.looks += 1;
        return Promise.resolve(machine.counts);
      },
    },
    tasks: { read: () => machine.tasks, close: () => undefined },
    monoMs: () => performance.now(),
  });
  watch.start();
  return { it, machine, watch };
}

describe('the watch over forks', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  test('looks as soon as the machine has many more tasks, and kills the bomb with its evidence', async () => {
    const { it, machine, watch } = watchForks();
    it.run();
    await vi.advanceTimersByTimeAsync(1000);
    expect(machine.looks).toBe(0);
    machine.tasks += 80;
    machine.counts.set('web', 78);
    await vi.advanceTimersByTimeAsync(100);
    expect(it.kinds().slice(2)).toEqual(['fork-bomb', 'killed']);
    const told = it.world.events.find(({ kind }) => kind === 'fork-bomb');
    expect(told?.data).toEqual({ descendants: 77, limit: 50, action: 'kill' });
    expect(it.world.deeds).toContain('SIGKILL web 1');
    watch.close();
  });

  test('looks again at each pulse while a program multiplies, and rests when it was somebody else', async () => {
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

  test('tells a bomb once where nothing is to be done about it', async () => {
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

  test('leaves alone what is switched off, and what may have more', () => {
    const { it, watch } = watchForks();
    it.run({ anomaly: { forkBomb: { enabled: false } } });
    it.run({ id: 'pool', anomaly: { forkBomb: { maxDescendants: 200 } } });
    for (const entry of it.engine.programs.values()) watch.take(entry, 201);
    expect(it.world.events.map(({ kind }) => kind)).not.toContain('fork-bomb');
    watch.close();
  });
});
