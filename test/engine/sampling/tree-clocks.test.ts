import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadLibc } from '../../../src/base/libc.ts';
import { CLOCK_TICKS_PER_SECOND, readProcStat } from '../../../src/base/proc-stat.ts';
import { type CgroupFolders, TreeClocks } from '../../../src/engine/sampling/tree-clocks.ts';
import { waitFor } from '../../support/wait-for.ts';
import { startNode } from './real-program.ts';

const { libc } = loadLibc();
const NO_CGROUPS: CgroupFolders = { all: null, of: () => null };

function createClocks(folders: CgroupFolders, pids: readonly number[] = []): TreeClocks {
  const clocks = new TreeClocks({ libc, folders, now: () => performance.now(), pidsOf: () => pids });
  onTestFinished(() => clocks.close());
  return clocks;
}

/** Returns a folder that looks like a cgroup whose programs used this much. */
function makeCgroup(microseconds: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'healer-clock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'cpu.stat'), `usage_usec ${String(microseconds)}\nuser_usec 1\nsystem_usec 2\n`);
  return folder;
}

describe('the CPU clock of a program', () => {
  test('is that of its processes without a cgroup, and agrees with the kernel', async () => {
    const { root } = await startNode('busy', 'console.log("ready"); for (;;);');
    const clocks = createClocks(NO_CGROUPS, [root.pid]);
    const ticksMs = (): number => ((readProcStat(root.pid)?.cpuTicks ?? 0) * 1_000) / CLOCK_TICKS_PER_SECOND;
    await waitFor(() => ticksMs() > 200, 'the program to use CPU time');
    const before = ticksMs();
    const clock = clocks.read('busy');
    const after = ticksMs();
    expect(clock?.isWhole).toBe(false);
    expect(clock?.ms).toBeGreaterThanOrEqual(before - 10);
    expect(clock?.ms).toBeLessThanOrEqual(after + 20);
  });

  test('is unknown for processes that have exited', () => {
    expect(createClocks(NO_CGROUPS, []).read('web')).toBeNull();
  });

  test('is that of its cgroup, which also counts processes that have exited', () => {
    const clocks = createClocks({ all: null, of: () => makeCgroup(1_234_567) });
    expect(clocks.read('web')).toEqual({ ms: 1_234.567, isWhole: true });
  });

  test('falls back to its processes once the cgroup is gone', () => {
    const folder = join(tmpdir(), 'no-such-cgroup');
    const clocks = createClocks({ all: null, of: () => folder }, [process.pid]);
    expect(clocks.read('web')?.isWhole).toBe(false);
  });
});

describe('the CPU clock of all programs', () => {
  test('is that of the cgroup of the instance if it contains each of them', () => {
    const all = makeCgroup(5_000_000);
    const clocks = createClocks({ all, of: (id) => join(all, id) });
    clocks.keep(['web', 'job']);
    expect(clocks.readAll()).toBe(5_000);
  });

  test('is that of the machine if a program is elsewhere, for example after it was adopted', () => {
    const all = makeCgroup(5_000_000);
    const clocks = createClocks({ all, of: (id) => (id === 'adopted' ? null : join(all, id)) });
    clocks.keep(['web', 'adopted']);
    expect(clocks.readAll()).not.toBe(5_000);
    expect(clocks.readAll()).not.toBeNull();
  });

  test('grows with the work of the machine', async () => {
    const clocks = createClocks(NO_CGROUPS);
    const before = clocks.readAll() ?? 0;
    const { root } = await startNode('busy', 'console.log("ready"); for (;;);');
    await waitFor(() => (readProcStat(root.pid)?.cpuTicks ?? 0) > 30, 'the program to use CPU time');
    expect((clocks.readAll() ?? 0) - before).toBeGreaterThan(150);
  });
});
