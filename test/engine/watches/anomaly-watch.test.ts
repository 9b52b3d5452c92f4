import { describe, expect, test } from 'vitest';
import { AnomalyWatch } from '../../../src/engine/watches/anomaly-watch.ts';
import type { FactOf } from '../../../src/policy/lifecycle/facts.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { RUN } from '../../support/programs.ts';
import { TestEngine } from '../../support/test-engine.ts';

interface Series {
  readonly memoryMb?: (t: number) => number;
  readonly cpuPercent?: (t: number) => number | null;
}

/** Feeds samples of a program, one per second, and returns the findings with their time in seconds. */
function watchFor(
  seconds: number,
  { memoryMb = () => 100, cpuPercent = () => 5 }: Series,
  fields: Partial<ProcessSpecInput> = {},
): (FactOf<'anomalyFound'> & { readonly t: number })[] {
  const it = new TestEngine();
  it.run(fields);
  const watch = new AnomalyWatch();
  return Array.from({ length: seconds }, (_, t) => {
    const usage = { memoryMb: memoryMb(t), cpuPercent: cpuPercent(t), processes: 1 };
    return watch.take(it.entry(), RUN, usage, t * 1000).map((fact) => ({ ...fact, t }));
  }).flat();
}

describe('anomaly watch', () => {
  test('finds a leak of 5 MB/s within a minute, with or without a limit', () => {
    for (const fields of [{}, { limits: { memoryMb: 8000 } }]) {
      const [leak] = watchFor(60, { memoryMb: (t) => 60 + 5 * t }, fields);
      expect(leak).toMatchObject({ anomaly: 'memory-leak', action: 'restart' });
      expect(leak?.t).toBeLessThan(50);
      expect(leak?.evidence.sentence).toMatch(/^memory rose steadily by 5\.0 MB\/s for 40 s, from 60 to 260 MB/);
    }
  });

  test('estimates when the limit will be reached', () => {
    const [leak] = watchFor(100, { memoryMb: (t) => 60 + 3 * t }, { limits: { memoryMb: 300 } });
    expect(leak?.evidence.sentence).toContain('the limit of 300 MB will be reached in');
  });

  test('finds nothing in memory usage that does not rise', () => {
    expect(watchFor(2000, {})).toEqual([]);
  });

  test('reports a spike once while it lasts, without acting on it', () => {
    const found = watchFor(1400, { cpuPercent: (t) => (t < 900 ? 5 : 99) });
    expect(found.map(({ anomaly, action }) => ({ anomaly, action }))).toEqual([
      { anomaly: 'cpu-spike', action: 'log' },
    ]);
    expect(found[0]?.t).toBeLessThan(925);
  });

  test('applies the configured action', () => {
    const anomaly = { leak: { enabled: false }, spike: { action: 'kill' as const } };
    const found = watchFor(600, { memoryMb: (t) => 60 + 5 * t, cpuPercent: (t) => (t < 400 ? 5 : 99) }, { anomaly });
    expect(found.map(({ anomaly: name, action }) => `${name} ${action}`)).toEqual(['cpu-spike kill']);
  });

  test('lets a program that was restarted for growing fast grow further the next time', () => {
    const it = new TestEngine();
    it.run();
    const watch = new AnomalyWatch();
    const ends: number[] = [];
    for (let t = 0, memoryMb = 60; t < 400; t++, memoryMb += 5) {
      const found = watch.take(
        it.entry(),
        { ...RUN, number: ends.length + 1 },
        { memoryMb, cpuPercent: 5, processes: 1 },
        t * 1000,
      );
      if (found.length === 0) continue;
      ends.push(memoryMb);
      memoryMb = 60;
    }
    expect(ends).toEqual([260, 540, 1090]);
  });

  test('starts from scratch with each run', () => {
    const it = new TestEngine();
    it.run();
    const watch = new AnomalyWatch();
    const found = Array.from({ length: 200 }, (_, t) => {
      const run = { ...RUN, number: 1 + Math.floor(t / 30) };
      return watch.take(it.entry(), run, { memoryMb: 60 + 5 * (t % 30), cpuPercent: 5, processes: 1 }, t * 1000);
    }).flat();
    expect(found).toEqual([]);
  });
});
