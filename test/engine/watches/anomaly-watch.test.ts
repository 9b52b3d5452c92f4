import { describe, expect, test } from 'vitest';
import { AnomalyWatch } from '../../../src/engine/watches/anomaly-watch.ts';
import type { Learned, LearnedStore } from '../../../src/engine/store/learned-files.ts';
import type { FactOf } from '../../../src/policy/lifecycle/facts.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { RUN } from '../../support/programs.ts';
import { TestEngine } from '../../support/test-engine.ts';

interface Series {
  readonly memoryMb?: (t: number) => number;
  readonly cpuPercent?: (t: number) => number | null;
  readonly anonymousMb?: (t: number) => number;
  readonly openDescriptors?: (t: number) => number;
  readonly threads?: (t: number) => number;
}

/** Feeds samples of a program, one per second, and returns the findings with their time in seconds. */
function watchFor(
  seconds: number,
  { memoryMb = () => 100, cpuPercent = () => 5, anonymousMb, openDescriptors, threads }: Series,
  fields: Partial<ProcessSpecInput> = {},
): (FactOf<'anomalyFound'> & { readonly t: number })[] {
  const it = new TestEngine();
  it.run(fields);
  const watch = new AnomalyWatch();
  return Array.from({ length: seconds }, (_, t) => {
    const usage = {
      memoryMb: memoryMb(t),
      cpuPercent: cpuPercent(t),
      processes: 1,
      ...(anonymousMb === undefined ? {} : { anonymousMb: anonymousMb(t) }),
      ...(openDescriptors === undefined ? {} : { openDescriptors: openDescriptors(t) }),
      ...(threads === undefined ? {} : { threads: threads(t) }),
    };
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

  test('files that are mapped and read are not a leak, however many there are', () => {
    expect(watchFor(1000, { memoryMb: (t) => 60 + 5 * t, anonymousMb: () => 50 })).toEqual([]);
  });

  test('mapped files count towards the limit in a forecast', () => {
    const fields = { limits: { memoryMb: 700 } };
    const series = { memoryMb: (t: number) => 460 + 4 * t, anonymousMb: (t: number) => 60 + 4 * t };
    const [leak] = watchFor(100, series, fields);
    expect(leak?.evidence.sentence).toMatch(/^memory rose steadily by 4\.0 MB\/s .*\(anonymous memory and swap\)/);
    expect(leak?.evidence.sentence).toContain('the limit of 700 MB will be reached in');
    expect(leak?.t).toBeLessThan(50);
  });

  test('reports descriptors and threads that keep increasing, and acts only if it is configured', () => {
    const rising = (t: number): number => 30 + Math.floor(t / 10);
    expect(watchFor(3_600, { openDescriptors: rising }).map(({ anomaly, action }) => `${anomaly} ${action}`)).toContain(
      'descriptor-leak log',
    );
    const [leak] = watchFor(3_600, { threads: rising }, { anomaly: { threadLeak: { action: 'restart' } } });
    expect(leak).toMatchObject({ anomaly: 'thread-leak', action: 'restart' });
    expect(leak?.evidence.sentence).toMatch(/^threads rose by 360 per hour/);
    expect(watchFor(3_600, { threads: rising }, { anomaly: { threadLeak: { enabled: false } } })).toEqual([]);
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
    for (let t = 0, memoryMb = 60; t < 900; t++, memoryMb += 5) {
      const found = watch.take(
        it.entry(),
        { ...RUN, number: ends.length + 1 },
        { memoryMb, cpuPercent: 5, processes: 1 },
        t * 1000,
      );
      if (!found.some(({ action }) => action === 'restart')) continue;
      ends.push(memoryMb);
      memoryMb = 60;
    }
    expect(ends).toEqual([260, expect.any(Number)]);
    // How soon after ten times the growth depends on the free memory of the host.
    expect(ends[1]).toBeGreaterThanOrEqual(2065);
    expect(ends[1]).toBeLessThanOrEqual(2500);
  });

  describe('of several runs and engines', () => {
    /** Keeps what was learned as files do. */
    function memoryStore(): LearnedStore & { readonly saved: Map<string, Learned> } {
      const saved = new Map<string, Learned>();
      return {
        saved,
        load: (id) => saved.get(id) ?? null,
        save: (id, learned) => void saved.set(id, JSON.parse(JSON.stringify(learned)) as Learned),
        forget: (id) => void saved.delete(id),
      };
    }

    interface Story {
      readonly seconds: number;
      /** Memory by the age of a run. */
      readonly memoryMb: (age: number) => number;
      /** An engine is killed and replaced after this time. */
      readonly engineS?: number;
      readonly fields?: Partial<ProcessSpecInput>;
      readonly startOfDay?: number;
    }

    /** Runs a program, restarts it as found, and returns the findings with the age of the run. */
    function tell({ seconds, memoryMb, engineS = Infinity, fields = {}, startOfDay = 12 }: Story): Told[] {
      const it = new TestEngine();
      it.run(fields);
      const store = memoryStore();
      const midnight = new Date(2026, 0, 1).getTime();
      let t = 0;
      const create = (): AnomalyWatch =>
        new AnomalyWatch({ store, wallNow: () => midnight + startOfDay * 3_600_000 + t * 1000 });
      let watch = create();
      let startedAt = 0;
      let number = 1;
      const told: Told[] = [];
      for (; t < seconds; t++) {
        if (t > 0 && t % engineS === 0) watch = create();
        const age = t - startedAt;
        const usage = { memoryMb: memoryMb(age), cpuPercent: 5, processes: 1 };
        const found = watch.take(it.entry(), { ...RUN, number }, usage, t * 1000);
        for (const { anomaly, action, evidence } of found)
          if (anomaly === 'memory-leak') told.push({ run: number, age, action, evidence: evidence.sentence, t });
        if (found.every(({ action }) => action === 'log')) continue;
        startedAt = t + 1;
        number++;
      }
      return told;
    }

    interface Told {
      readonly run: number;
      readonly age: number;
      readonly action: string;
      readonly evidence: string;
      readonly t: number;
    }

    const leak = (age: number): number => 100 + (4 * age) / 60 + (age % 7) / 3;

    test('finds a leak although the engine is killed every 15 minutes', () => {
      const [found] = tell({ seconds: 3600, memoryMb: leak, engineS: 900 });
      const [undisturbed] = tell({ seconds: 3600, memoryMb: leak });
      expect(undisturbed).toMatchObject({ run: 1, action: 'restart' });
      expect(found?.age).toBeLessThan((undisturbed?.age ?? 0) + 600);
    });

    test('reports a program that leaked before within 8 minutes, and waits until it has grown further', () => {
      const [first, second] = tell({ seconds: 3600, memoryMb: leak, engineS: 700 });
      expect(first).toMatchObject({ run: 1, action: 'restart' });
      expect(second).toMatchObject({ run: 2, action: 'log' });
      expect(second?.age).toBeLessThan(480);
      expect(second?.evidence).toContain('at the rate of an earlier leak');
    });

    test('costs a large cache one restart at most, in any number of runs', () => {
      const cache = (age: number): number => 100 + Math.min(800, age / 8) + (age % 7) / 3;
      const told = tell({ seconds: 8 * 3600, memoryMb: (age) => cache(age % 11_000) });
      expect(told.filter(({ action }) => action !== 'log')).toHaveLength(1);
    });

    test('restarts a program with a slow leak only in its restart window, with a forecast', () => {
      const slow = (age: number): number => 200 + (30 * age) / 3600 + (age % 7) / 3;
      const story = { seconds: 16 * 3600, memoryMb: slow, fields: { limits: { memoryMb: 2000 } } };
      const reported = tell(story);
      expect(reported[0]).toMatchObject({ run: 1, action: 'log' });
      expect(reported[0]?.evidence).toMatch(
        /MB\/h for .*; at that rate the limit of 2000 MB will be reached in \d+ h$/,
      );
      expect(reported.every(({ action }) => action === 'log')).toBe(true);
      const anomaly = { leak: { restartWindow: '03:00-05:00' } };
      const healed = tell({ ...story, fields: { ...story.fields, anomaly } }).filter(({ action }) => action !== 'log');
      expect(healed).toHaveLength(1);
      expect(12 + (healed[0]?.t ?? 0) / 3600).toBeGreaterThanOrEqual(27);
    });

    test('starts from scratch if what was saved is of another version', () => {
      const it = new TestEngine();
      it.run();
      const store = memoryStore();
      const watch = new AnomalyWatch({ store });
      for (let t = 0; t < 400; t++)
        watch.take(it.entry(), RUN, { memoryMb: 100, cpuPercent: 5, processes: 1 }, t * 1000);
      const learned = store.saved.get(it.entry().id);
      expect(learned?.detectors['leak memory']?.length).toBeGreaterThan(50);
      store.saved.set(it.entry().id, { ...learned, detectors: { 'leak memory': [7, 1, 2] } } as Learned);
      const next = new AnomalyWatch({ store });
      expect(next.take(it.entry(), RUN, { memoryMb: 100, cpuPercent: 5, processes: 1 }, 0)).toEqual([]);
    });
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
