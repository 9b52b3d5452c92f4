import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SamplingLoop } from '../../../src/engine/watches/sampling-loop.ts';
import type { Sampler, TreeUsage } from '../../../src/engine/sampling/sampler.ts';
import { TestEngine } from '../../support/test-engine.ts';

/** Returns the usages that the test sets, and counts the requests. */
class FakeSampler implements Sampler {
  readonly usages = new Map<string, TreeUsage>();
  samples = 0;
  fastSamples: (readonly string[])[] = [];
  isClosed = false;
  /** The next sample waits for it. */
  hold: Promise<void> = Promise.resolve();

  use(id: string, memoryMb: number, cpuPercent = 0): void {
    this.usages.set(id, { memoryMb, cpuPercent, processes: 1 });
  }

  async sample(roots: readonly { readonly id: string }[]): Promise<ReadonlyMap<string, TreeUsage>> {
    this.samples += 1;
    const ids = roots.map(({ id }) => id);
    await this.hold;
    return new Map([...this.usages].filter(([id]) => ids.includes(id)));
  }

  async sampleFast(ids: readonly string[]): Promise<ReadonlyMap<string, TreeUsage>> {
    this.fastSamples.push(ids);
    await this.hold;
    return new Map([...this.usages].filter(([id]) => ids.includes(id)));
  }

  count(): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(new Map());
  }

  settle(): null {
    return null;
  }

  treeOf(): Promise<readonly never[]> {
    return Promise.resolve([]);
  }

  newcomers(): readonly [] {
    return [];
  }

  escaped(): readonly never[] {
    return [];
  }

  close(): void {
    this.isClosed = true;
  }
}

const loops: SamplingLoop[] = [];

/** Creates a loop without programs that is not started. It is closed after the test. */
function createLoop(): { it: TestEngine; sampler: FakeSampler; loop: SamplingLoop; lost: string[]; shown: string[] } {
  const it = new TestEngine();
  const sampler = new FakeSampler();
  const lost: string[] = [];
  const shown: string[] = [];
  const loop = new SamplingLoop(it.engine, sampler);
  loop.onUsage.add(({ id }) => shown.push(id));
  loop.onLost.add(({ id }) => lost.push(id));
  loops.push(loop);
  return { it, sampler, loop, lost, shown };
}

interface Load {
  readonly memoryMb: number;
  readonly cpuPercent?: number;
}

/** Starts a loop that samples one program, "web", with this usage. */
function startLoop(fields: Parameters<TestEngine['run']>[0], { memoryMb, cpuPercent = 0 }: Load) {
  const parts = createLoop();
  parts.it.run(fields);
  parts.sampler.use('web', memoryMb, cpuPercent);
  parts.loop.start();
  return parts;
}

describe('the sampling loop', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    for (const loop of loops.splice(0)) loop.close();
    vi.useRealTimers();
  });

  test('samples at once and then every second, and every 200 ms near a limit', async () => {
    const { sampler } = startLoop({ limits: { memoryMb: 500 } }, { memoryMb: 399 });
    await vi.advanceTimersByTimeAsync(2999);
    expect(sampler.samples).toBe(3);
    expect(sampler.fastSamples).toEqual([]);
    sampler.use('web', 401);
    await vi.advanceTimersByTimeAsync(2000);
    expect(sampler.fastSamples.length).toBeGreaterThanOrEqual(6);
    sampler.use('web', 300);
    await vi.advanceTimersByTimeAsync(500);
    const samples = sampler.fastSamples.length;
    await vi.advanceTimersByTimeAsync(5000);
    expect(sampler.fastSamples).toHaveLength(samples);
  });

  test('samples only programs near a limit at the fast pace', async () => {
    const { it, sampler, loop } = createLoop();
    it.run({ id: 'near', limits: { cpuPercent: 50 } });
    it.run({ id: 'far', limits: { cpuPercent: 50 } });
    it.run({ id: 'free' });
    sampler.use('near', 10, 45);
    sampler.use('far', 10, 20);
    sampler.use('free', 10, 100);
    loop.start();
    await vi.advanceTimersByTimeAsync(1500);
    expect(new Set(sampler.fastSamples.flat())).toEqual(new Set(['near']));
  });

  test('ends the fast pace when the program near its limit has stopped', async () => {
    const { it, sampler } = startLoop({ limits: { memoryMb: 500 } }, { memoryMb: 450 });
    await vi.advanceTimersByTimeAsync(600);
    expect(sampler.fastSamples.length).toBeGreaterThan(0);
    it.engine.post('web', { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' });
    it.clock.advance(20);
    sampler.usages.clear();
    await vi.advanceTimersByTimeAsync(2000);
    const samples = sampler.fastSamples.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sampler.fastSamples).toHaveLength(samples);
  });

  test('acts on memory at once, and reports it once until it drops', async () => {
    const { it, sampler } = startLoop({ limits: { memoryMb: 500 }, healing: 'observe' }, { memoryMb: 600 });
    await vi.advanceTimersByTimeAsync(10);
    expect(it.kinds()).toEqual(['started', 'running', 'limit-memory', 'would-restart']);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(it.kinds()).toHaveLength(4);
    sampler.use('web', 400);
    await vi.advanceTimersByTimeAsync(1000);
    sampler.use('web', 700);
    await vi.advanceTimersByTimeAsync(1000);
    expect(it.kinds().slice(4)).toEqual(['limit-memory', 'would-restart']);
  });

  test('acts on CPU after three fast samples in a row, not after a burst', async () => {
    const { it, sampler } = startLoop({ limits: { cpuPercent: 50 } }, { memoryMb: 10, cpuPercent: 99 });
    await vi.advanceTimersByTimeAsync(510);
    expect(sampler.fastSamples).toHaveLength(2);
    sampler.use('web', 10, 45);
    await vi.advanceTimersByTimeAsync(250);
    sampler.use('web', 10, 99);
    expect(it.kinds()).toEqual(['started', 'running']);
    await vi.advanceTimersByTimeAsync(1000);
    expect(it.kinds().slice(2)).toEqual(['limit-cpu', 'stopping']);
    const event = it.runner.events.find(({ kind }) => kind === 'limit-cpu');
    expect(event?.data).toEqual({ measured: 99, limit: 50, samples: [99, 99, 99] });
  });

  describe('with looks at the CPU usage in between', () => {
    /** Starts a loop over "web", which has a CPU limit of 50 % by default, and whose looks find what the test sets. */
    function startLooking(limits: { cpuPercent?: number; memoryMb?: number } = { cpuPercent: 50 }) {
      const { it, sampler, loop, shown } = createLoop();
      it.run({ limits });
      sampler.use('web', 10, 0);
      const used = { percent: 0, isWhole: true };
      const looks = { watch: () => undefined, look: () => new Map([['web', used]]) };
      const looking = new SamplingLoop(it.engine, Object.assign(sampler, { looks }));
      loops.push(looking);
      loop.close();
      looking.start();
      looking.onUsage.add(({ id }) => shown.push(id));
      return { it, sampler, used, shown };
    }

    test.each([50, 350, 650, 950])('a program that needs too much from %i ms on is ended 0.6 s later', async (atMs) => {
      const { it, used } = startLooking();
      await vi.advanceTimersByTimeAsync(2_000 + atMs);
      used.percent = 99;
      await vi.advanceTimersByTimeAsync(390);
      expect(it.kinds()).toEqual(['started', 'running']);
      await vi.advanceTimersByTimeAsync(210);
      expect(it.kinds().slice(2)).toEqual(['limit-cpu', 'stopping']);
      const event = it.runner.events.find(({ kind }) => kind === 'limit-cpu');
      expect(event?.data).toEqual({ measured: 99, limit: 50, samples: [99, 99, 99] });
    });

    test('a short burst is not a violation', async () => {
      const { it, used } = startLooking();
      for (let burst = 0; burst < 20; burst++) {
        used.percent = 99;
        await vi.advanceTimersByTimeAsync(400);
        used.percent = 20;
        await vi.advanceTimersByTimeAsync(250);
      }
      expect(it.kinds()).toEqual(['started', 'running']);
    });

    test('a look that does not see every process does not hide what the files of the processes say', async () => {
      const { it, sampler, used } = startLooking();
      used.isWhole = false;
      sampler.use('web', 10, 99);
      await vi.advanceTimersByTimeAsync(2_000);
      expect(it.kinds().slice(2)).toEqual(['limit-cpu', 'stopping']);
    });

    test('a program near its limit stays so until its CPU usage is measured', async () => {
      const { sampler, used } = startLooking();
      await vi.advanceTimersByTimeAsync(1_010);
      used.percent = 45;
      await vi.advanceTimersByTimeAsync(200);
      used.percent = 0;
      used.isWhole = false;
      sampler.usages.set('web', { memoryMb: 10, cpuPercent: null, processes: 1 });
      const before = sampler.fastSamples.length;
      await vi.advanceTimersByTimeAsync(200);
      expect(sampler.fastSamples.length).toBe(before + 1);
    });

    test('shows the CPU usage of a look with the memory of the last sample', async () => {
      const { it, used } = startLooking();
      await vi.advanceTimersByTimeAsync(1_010);
      used.percent = 99;
      await vi.advanceTimersByTimeAsync(200);
      expect(it.entry().usage).toMatchObject({ cpuPercent: 99, memoryMb: 10 });
    });

    test.each([50, 350, 650, 950])('memory that a program fills from %i ms on is judged 0.2 s later', async (atMs) => {
      const { it, sampler, used } = startLooking({ memoryMb: 200 });
      await vi.advanceTimersByTimeAsync(2_000 + atMs);
      sampler.use('web', 250);
      used.percent = 40;
      await vi.advanceTimersByTimeAsync(210);
      expect(it.kinds().slice(2)).toEqual(['limit-memory', 'stopping']);
    });

    test('a program that has used too little CPU time to fill its memory is not sampled in between', async () => {
      const { sampler, used } = startLooking({ memoryMb: 5_000 });
      used.percent = 40;
      await vi.advanceTimersByTimeAsync(3_000);
      expect(sampler.fastSamples).toEqual([]);
    });

    test('a program that is busy, but far from its memory limit, is displayed once per second', async () => {
      const { sampler, used, shown } = startLooking({ memoryMb: 200 });
      await vi.advanceTimersByTimeAsync(10);
      used.percent = 90;
      sampler.use('web', 20, 90);
      await vi.advanceTimersByTimeAsync(900);
      sampler.use('web', 30, 85);
      await vi.advanceTimersByTimeAsync(400);
      expect(sampler.fastSamples.length).toBeGreaterThan(4);
      expect(shown).toEqual(['web', 'web']);
    });
  });

  test('evaluates the next run from scratch', async () => {
    const { it } = startLoop({ limits: { memoryMb: 500 } }, { memoryMb: 600 });
    await vi.advanceTimersByTimeAsync(10);
    it.clock.advance(20);
    expect(it.program().runs).toBe(2);
    await vi.advanceTimersByTimeAsync(1000);
    expect(it.kinds().filter((kind) => kind === 'limit-memory')).toHaveLength(2);
  });

  test('acts on an exceeded limit of a paused program once it is resumed', async () => {
    const { it, sampler, loop } = createLoop();
    it.run({ limits: { memoryMb: 500 } });
    it.engine.post('web', { kind: 'pauseRequested' });
    sampler.use('web', 600);
    loop.start();
    await vi.advanceTimersByTimeAsync(2000);
    expect(it.state()).toBe('paused');
    it.engine.post('web', { kind: 'resumeRequested' });
    await vi.advanceTimersByTimeAsync(2000);
    expect(it.kinds()).toContain('limit-memory');
  });

  test('reports a run as lost that is missing from two consecutive samples', async () => {
    const { sampler, lost } = startLoop({}, { memoryMb: 10 });
    await vi.advanceTimersByTimeAsync(1500);
    sampler.usages.clear();
    await vi.advanceTimersByTimeAsync(1000);
    expect(lost).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(lost).toEqual(['web']);
  });

  test('does not report a run as lost that is missing from single samples', async () => {
    const { sampler, lost } = startLoop({}, { memoryMb: 10 });
    await vi.advanceTimersByTimeAsync(500);
    for (let round = 0; round < 5; round++) {
      sampler.usages.clear();
      await vi.advanceTimersByTimeAsync(1000);
      sampler.use('web', 10);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(lost).toEqual([]);
  });

  test('does not report the new run as lost if the previous one exited during a sample', async () => {
    const { it, sampler, loop, lost } = createLoop();
    it.run();
    let release: () => void = () => undefined;
    sampler.hold = new Promise((resolve) => (release = resolve));
    loop.start();
    it.runner.end('web', { code: 1 });
    release();
    await vi.advanceTimersByTimeAsync(10);
    expect(lost).toEqual([]);
  });

  test('queues no samples behind a slow one', async () => {
    const { it, sampler, loop } = createLoop();
    it.run();
    let release: () => void = () => undefined;
    sampler.hold = new Promise((resolve) => (release = resolve));
    loop.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sampler.samples).toBe(1);
    release();
    await vi.advanceTimersByTimeAsync(1000);
    expect(sampler.samples).toBe(2);
  });

  test('reports usage only if its displayed values change', async () => {
    const { it, sampler, shown } = startLoop({}, { memoryMb: 10.01, cpuPercent: 1.02 });
    await vi.advanceTimersByTimeAsync(10);
    sampler.use('web', 10.04, 0.98);
    await vi.advanceTimersByTimeAsync(3000);
    expect(shown).toEqual(['web']);
    expect(it.entry().usage).toEqual({ cpuPercent: 1, memoryMb: 10, processes: 1 });
  });

  test('takes no samples once it is closed', async () => {
    const { sampler, loop } = startLoop({ limits: { memoryMb: 500 } }, { memoryMb: 450 });
    await vi.advanceTimersByTimeAsync(1000);
    loop.close();
    const samples = sampler.samples + sampler.fastSamples.length;
    await vi.advanceTimersByTimeAsync(5000);
    expect(sampler.samples + sampler.fastSamples.length).toBe(samples);
    expect(sampler.isClosed).toBe(true);
  });
});
