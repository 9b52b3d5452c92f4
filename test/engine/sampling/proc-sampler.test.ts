import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadLibc } from '../../../src/base/libc.ts';
import { readProcStat } from '../../../src/base/proc-stat.ts';
import { createProcessClock } from '../../../src/engine/sampling/process-clock.ts';
import { createProcSampler } from '../../../src/engine/sampling/proc-sampler.ts';
import type { Sampler, TreeRoot } from '../../../src/engine/sampling/sampler.ts';
import { StatFiles } from '../../../src/engine/sampling/stat-files.ts';
import { waitFor } from '../../support/wait-for.ts';
import { startNode, startShell } from './real-program.ts';

const { libc } = loadLibc();
const clock = libc === null ? null : createProcessClock(libc);

function createSampler(files: StatFiles = new StatFiles(undefined, clock)): Sampler {
  const sampler = createProcSampler(() => performance.now(), files);
  onTestFinished(() => sampler.close());
  return sampler;
}

describe('the /proc sampler', () => {
  test('omits a root whose pid was reused', async () => {
    const { root } = await startShell('single', 'echo ready; exec sleep 300');
    const reused: TreeRoot = { ...root, startTicks: (root.startTicks ?? 0) - 1 };
    const sampler = createSampler();
    expect(await sampler.sample([reused])).toEqual(new Map());
    expect(await sampler.treeOf(reused)).toEqual([]);
    expect((await sampler.sample([{ ...root, startTicks: null }])).size).toBe(1);
  });

  test('omits a root that is a zombie', async () => {
    // Its parent, the shell, becomes a sleep that never reaps children.
    const parent = await startShell('parent', 'sleep 0 & echo ready; exec sleep 300');
    const sampler = createSampler();
    const zombie = await waitFor(() => findChild(parent.root.pid, 'Z'), 'a zombie below the parent');
    const root: TreeRoot = { id: 'zombie', pid: zombie, startTicks: null };
    expect(await sampler.sample([root])).toEqual(new Map());
    expect((await sampler.sample([parent.root])).get('parent')?.processes).toBe(1);
    expect(await sampler.treeOf(parent.root)).toHaveLength(1);
  });

  test('counts the CPU time of commands that start and exit between two samples', async () => {
    const burst = 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done';
    const { root } = await startShell('burst', `echo ready; while :; do sh -c '${burst}'; done`);
    const sampler = createSampler();
    await sampler.sample([root]);
    await waitFor(async () => {
      const usage = (await sampler.sample([root])).get('burst');
      return usage !== undefined && usage.cpuPercent !== null && usage.cpuPercent > 20;
    }, 'the short commands to show');
  });

  test('separates memory that a program allocated from the files that it has mapped', async () => {
    const source = `
      const mmap = require('node:fs').readFileSync(process.execPath);
      globalThis.kept = Buffer.alloc(100 * 2 ** 20, 1);
      setInterval(() => {}, 1e6);
      console.log('ready', mmap.length > 0);`;
    const { root } = await startNode('allocates', source);
    const usage = (await createSampler().sample([root])).get('allocates');
    expect(usage?.anonymousMb).toBeGreaterThan(100);
    expect(usage?.residentMb).toBeGreaterThan((usage?.anonymousMb ?? 0) + 10);
  });

  test('reads allocated memory again when resident memory has changed', async () => {
    const source = `
      process.once('SIGUSR2', () => (globalThis.kept = Buffer.alloc(50 * 2 ** 20, 1)));
      setInterval(() => {}, 1e6);
      console.log('ready');`;
    const { root } = await startNode('grows', source);
    const sampler = createSampler();
    const before = (await sampler.sample([root])).get('grows')?.anonymousMb ?? NaN;
    process.kill(root.pid, 'SIGUSR2');
    await waitFor(
      async () => ((await sampler.sample([root])).get('grows')?.anonymousMb ?? 0) > before + 45,
      'the growth',
    );
  });

  test('counts threads with each sample, and open descriptors once a minute', async () => {
    const source = `
      const { openSync } = require('node:fs');
      process.on('SIGUSR2', () => {
        for (let left = 100; left > 0; left--) openSync('/dev/null');
        console.log('opened');
      });
      setInterval(() => {}, 1e6);
      console.log('ready');`;
    const { root } = await startNode('opens', source);
    let now = 0;
    const sampler = createProcSampler(() => now);
    onTestFinished(() => sampler.close());
    const first = (await sampler.sample([root])).get('opens');
    expect(first?.threads).toBeGreaterThan(1);
    expect(first).not.toHaveProperty('openDescriptors');
    now += 60_000;
    const before = (await sampler.sample([root])).get('opens')?.openDescriptors ?? NaN;
    expect(before).toBeGreaterThan(3);
    process.kill(root.pid, 'SIGUSR2');
    await waitFor(() => readdirSync(`/proc/${String(root.pid)}/fd`).length >= before + 100, 'the descriptors');
    now += 30_000;
    expect((await sampler.sample([root])).get('opens')?.openDescriptors).toBe(before);
    now += 30_000;
    expect((await sampler.sample([root])).get('opens')?.openDescriptors).toBe(before + 100);
  });

  test('finds a child in a fast sample, before the next full sample', async () => {
    const source = `
      process.once('SIGUSR2', () => require('node:child_process').spawn('sleep', ['300']));
      setInterval(() => {}, 1e6);
      console.log('ready');`;
    const { root } = await startNode('parent', source);
    const sampler = createSampler();
    expect((await sampler.sample([root])).get('parent')?.processes).toBe(1);
    process.kill(root.pid, 'SIGUSR2');
    await waitFor(async () => (await sampler.sampleFast(['parent'])).get('parent')?.processes === 2, 'the child');
  });

  test('assigns a process to the nearest root, and to the next one after that is removed', async () => {
    const { root: outer } = await startShell('outer', `sh -c 'sleep 300 & echo ready; wait'; :`);
    const sampler = createSampler();
    const innerPid = await waitFor(() => findChild(outer.pid, 'S'), 'the inner program');
    const inner: TreeRoot = { id: 'inner', pid: innerPid, startTicks: null };
    const countBoth = async (...roots: TreeRoot[]): Promise<(number | undefined)[]> => {
      const usages = await sampler.sample(roots);
      return [usages.get('outer')?.processes, usages.get('inner')?.processes];
    };
    expect(await countBoth(outer)).toEqual([3, undefined]);
    expect(await countBoth(outer, inner)).toEqual([1, 2]);
    expect(await countBoth(outer)).toEqual([3, undefined]);
    expect(await countBoth(inner)).toEqual([undefined, 2]);
  });

  test('does not affect the next sample by listing a tree', async () => {
    const { root } = await startShell('single', 'echo ready; exec sleep 300');
    const sampler = createSampler();
    expect(await sampler.treeOf(root)).toHaveLength(1);
    expect((await sampler.sample([root])).get('single')?.cpuPercent).toBeNull();
  });

  test('reports children of this process that belong to no program', async () => {
    const child = spawn('sleep', ['300'], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    const pid = child.pid!;
    const sampler = createSampler();
    await sampler.sample([]);
    expect(sampler.escaped(new Set())).toContainEqual({
      pid,
      startTicks: readProcStat(pid)?.startTicks,
      name: expect.any(String),
    });
    expect(sampler.escaped(new Set([pid])).map((escaped) => escaped.pid)).not.toContain(pid);
  });

  test('notices that a process has another parent, even if it does not run itself', async () => {
    const sleeps = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do sleep 300 & done';
    const { root } = await startShell('many', `${sleeps}; sh -c 'sleep 299 & exec sleep 298' & echo ready; wait`);
    const sampler = createSampler();
    const parentOf = async (): Promise<readonly [number, number]> => {
      const tree = await sampler.treeOf(root);
      const child = tree.find(({ pid }) => commandOf(pid).startsWith('sleep 299'));
      return [child?.pid ?? 0, child?.parentPid ?? 0];
    };
    await waitFor(async () => (await parentOf())[1] > 0 && (await sampler.treeOf(root)).length === 19, 'all processes');
    for (let tick = 0; tick < 3; tick++) await sampler.sample([root]);
    const [child, parent] = await parentOf();
    await waitFor(() => commandOf(parent).startsWith('sleep 298'), 'the parent');
    process.kill(parent, 'SIGKILL');
    await waitFor(() => readProcStat(child)?.parentPid !== parent, 'the child to have another parent');
    expect((await sampler.sample([root])).get('many')?.processes).toBe(18);
    expect(await parentOf()).toEqual([child, readProcStat(child)?.parentPid]);
  });

  test('notices at once that one of many processes that sleep has exited', async () => {
    const sleeps = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do sleep 300 & done';
    const { root } = await startShell('many', `${sleeps}; sleep 299 & echo ready; wait`);
    const sampler = createSampler();
    const find = async (): Promise<number | undefined> =>
      (await sampler.treeOf(root)).find(({ pid }) => commandOf(pid).startsWith('sleep 299'))?.pid;
    const pid = await waitFor(find, 'the process');
    const before = await waitFor(async () => {
      const processes = (await sampler.sample([root])).get('many')?.processes;
      return processes === 18 ? processes : undefined;
    }, 'all processes');
    process.kill(pid, 'SIGKILL');
    await waitFor(() => ['Z', 'X', undefined].includes(readProcStat(pid)?.state), 'the process to exit');
    expect((await sampler.sample([root])).get('many')?.processes).toBe(before - 1);
  });

  test('closes descriptors when their process exits and when the sampler is closed', async () => {
    const files = new StatFiles(10);
    const sampler = createSampler(files);
    const before = countDescriptors();
    const first = await startShell('first', 'echo ready; exec sleep 300');
    const second = await startShell('second', 'echo ready; exec sleep 300');
    const roots = [first.root, second.root];
    await sampler.sample(roots);
    await sampler.sample(roots);
    expect(files.keptCount).toBe(2);
    await first.end();
    await sampler.sample(roots);
    expect(files.keptCount).toBe(1);
    sampler.close();
    expect(files.keptCount).toBe(0);
    // The output pipes of the second program, and descriptors that Node opened in the meantime.
    expect(countDescriptors()).toBeLessThanOrEqual(before + 4);
  });

  test('measures the same without kept descriptors', async () => {
    const files = new StatFiles(0);
    const sampler = createSampler(files);
    const { root } = await startShell('single', 'echo ready; exec sleep 300');
    for (let look = 0; look < 3; look++) expect((await sampler.sample([root])).size).toBe(1);
    expect(files.keptCount).toBe(0);
  });
});

function findChild(parentPid: number, state: string): number | undefined {
  return readdirSync('/proc')
    .map((entry) => readProcStat(Number(entry)))
    .find((stat) => stat?.parentPid === parentPid && stat.state === state)?.pid;
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function countDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
