import { describe, expect, test } from 'vitest';
import { CpuLooks } from '../../../src/engine/sampling/cpu-looks.ts';
import type { TreeRoot } from '../../../src/engine/sampling/sampler.ts';
import type { TreeClocks } from '../../../src/engine/sampling/tree-clocks.ts';

const WEB: TreeRoot = { id: 'web', pid: 100, startTicks: 1 };
const JOB: TreeRoot = { id: 'job', pid: 200, startTicks: 2 };

/** Programs whose CPU time the test adds, in ms, and a count of the clocks that were read. */
class FakeClocks implements Pick<TreeClocks, 'readAll' | 'read' | 'keep' | 'close'> {
  readonly spent = new Map<string, number>();
  hasAll = true;
  isWhole = true;
  reads = 0;

  spend(id: string, ms: number): void {
    this.spent.set(id, (this.spent.get(id) ?? 0) + ms);
  }

  readAll(): number | null {
    return this.hasAll ? [...this.spent.values()].reduce((sum, ms) => sum + ms, 0) : null;
  }

  read(id: string): { readonly ms: number; readonly isWhole: boolean } {
    this.reads++;
    return { ms: this.spent.get(id) ?? 0, isWhole: this.isWhole };
  }

  keep(): void {
    // No files.
  }

  close(): void {
    // No files.
  }
}

function startLooks(roots: readonly TreeRoot[], leastPercent = 40) {
  const clocks = new FakeClocks();
  const time = { ms: 1_000 };
  const looks = new CpuLooks(() => time.ms, clocks as unknown as TreeClocks);
  looks.watch(roots, leastPercent);
  const percents = (): Record<string, number> =>
    Object.fromEntries([...looks.look()].map(([id, { percent }]) => [id, percent]));
  /** Passes 200 ms in which the programs use so much CPU time, and looks. */
  const pass = (spent: Record<string, number>): Record<string, number> => {
    for (const [id, ms] of Object.entries(spent)) clocks.spend(id, ms);
    time.ms += 200;
    return percents();
  };
  return { clocks, time, looks, percents, pass };
}

describe('looks at CPU usage', () => {
  test('measure what a program used since the previous look, from the second look on', () => {
    const { percents, pass } = startLooks([WEB, JOB]);
    expect(percents()).toEqual({});
    expect(pass({ web: 200, job: 20 })).toEqual({ web: 100, job: 10 });
    expect(pass({ web: 300 })).toEqual({ web: 150, job: 0 });
  });

  test('read no program while all together use less than any could be interesting with', () => {
    const { clocks, percents, pass } = startLooks([WEB, JOB]);
    percents();
    pass({});
    const { reads } = clocks;
    for (let look = 0; look < 100; look++) expect(pass({ web: 10, job: 10 })).toEqual({});
    expect(clocks.reads).toBe(reads);
  });

  test('measure the first look after a quiet time as that look alone, and never more than was used', () => {
    const { percents, pass } = startLooks([WEB, JOB]);
    percents();
    for (let look = 0; look < 50; look++) pass({});
    expect(pass({ web: 200 })).toEqual({ web: 100, job: 0 });
    for (let look = 0; look < 10; look++) pass({ job: 10 });
    // The quiet moments used 100 ms together, which may all have been this program.
    expect(pass({ web: 200 })).toEqual({ web: 50, job: 0 });
    expect(pass({ web: 200 })).toEqual({ web: 100, job: 0 });
  });

  test('start from scratch with a new run', () => {
    const { looks, percents, pass } = startLooks([WEB]);
    percents();
    expect(pass({ web: 200 })).toEqual({ web: 100 });
    looks.watch([{ ...WEB, pid: 101, startTicks: 9 }], 40);
    expect(pass({ web: 200 })).toEqual({});
    expect(pass({ web: 200 })).toEqual({ web: 100 });
  });

  test('start from scratch when a program gets, or loses, its cgroup', () => {
    const { clocks, percents, pass } = startLooks([WEB]);
    percents();
    clocks.isWhole = false;
    expect(pass({ web: 200 })).toEqual({});
    expect(pass({ web: 200 })).toEqual({ web: 100 });
  });

  test('read every program if the usage of all together is unknown', () => {
    const { clocks, percents, pass } = startLooks([WEB]);
    clocks.hasAll = false;
    percents();
    expect(pass({ web: 10 })).toEqual({ web: 5 });
  });

  test('measure nothing within a moment, and lose nothing by it', () => {
    const { clocks, time, percents, pass } = startLooks([WEB]);
    percents();
    pass({});
    clocks.spend('web', 5);
    time.ms += 5;
    expect(percents()).toEqual({});
    expect(pass({ web: 200 })['web']).toBeCloseTo(100, 5);
  });
});
