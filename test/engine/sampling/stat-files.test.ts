import { describe, expect, onTestFinished, test } from 'vitest';
import { loadLibc } from '../../../src/base/libc.ts';
import { PAGE_BYTES } from '../../../src/base/proc-stat.ts';
import { createProcessClock, isPrecise, type ProcessClock } from '../../../src/engine/sampling/process-clock.ts';
import { ReclaimedMemory } from '../../../src/engine/sampling/reclaimed-memory.ts';
import { StatFiles } from '../../../src/engine/sampling/stat-files.ts';
import { waitFor } from '../../support/wait-for.ts';
import { startNode, startShell } from './real-program.ts';

const { libc } = loadLibc();

function createFiles(clock: ProcessClock | null): StatFiles {
  const files = new StatFiles(undefined, clock);
  onTestFinished(() => files.close());
  return files;
}

function realClock(): ProcessClock {
  if (libc === null) throw new Error('system calls are not available');
  return createProcessClock(libc);
}

const GROWS = `
  const kept = [];
  setInterval(() => kept.push(Buffer.alloc(2 ** 20, 1)), 20);
  console.log('ready');`;

describe('the stat files of processes', () => {
  test('are read at most every fifth time while the CPU clock stands still', async () => {
    const { root } = await startNode('grows', GROWS);
    const files = createFiles(() => 1);
    // Opens the file, and notes the clock.
    for (let round = 0; round < 2; round++) files.read(root.pid, true);
    // A second reading that differs from the first is one of the file: the next four are omitted.
    const first = await waitFor(() => {
      const [before, after] = [files.read(root.pid, true), files.read(root.pid, true)];
      return before !== after && after !== null ? after : undefined;
    }, 'a reading');
    const omitted = Array.from({ length: 4 }, () => files.read(root.pid, true));
    expect(omitted).toEqual([first, first, first, first]);
    expect(omitted.every((stat) => stat === first)).toBe(true);
  });

  test('are read every time if nothing may be omitted', async () => {
    const { root } = await startNode('grows', GROWS);
    const files = createFiles(() => 1);
    const pages = files.read(root.pid)?.rssPages ?? 0;
    await waitFor(() => (files.read(root.pid)?.rssPages ?? 0) > pages, 'the growth');
    expect(files.read(root.pid, true)?.rssPages).toBeGreaterThan(pages);
  });

  test('show at once what a process does that slept until then', async () => {
    const source = `
      const kept = [];
      process.on('SIGUSR2', () => { kept.push(Buffer.alloc(50 * 2 ** 20, 1)); });
      setInterval(() => {}, 1e6);
      console.log('ready');`;
    const { root } = await startNode('waits', source);
    const files = createFiles(realClock());
    const reader = createFiles(null);
    for (let round = 0; round < 5; round++) files.read(root.pid, true);
    const before = reader.read(root.pid)?.rssPages ?? 0;
    process.kill(root.pid, 'SIGUSR2');
    const wanted = before + (40 * 2 ** 20) / PAGE_BYTES;
    await waitFor(() => (reader.read(root.pid)?.rssPages ?? 0) > wanted, 'the memory');
    expect(files.read(root.pid, true)?.rssPages).toBeGreaterThan(wanted);
  });

  test('of a process that has exited are missing, even if its clock stood still before', async () => {
    const { root, end } = await startShell('sleeps', 'echo ready; exec sleep 300');
    const files = createFiles(realClock());
    for (let round = 0; round < 3; round++) expect(files.read(root.pid, true)?.pid).toBe(root.pid);
    await end();
    expect(files.read(root.pid, true)).toBeNull();
  });
});

describe('the CPU clock of a process', () => {
  test('is precise where the kernel counts nanoseconds, and is not if it counts ticks', () => {
    expect(isPrecise(realClock())).toBe(true);
    let readings = 0;
    expect(isPrecise(() => Math.floor(readings++ / 10) * 1e7)).toBe(false);
    expect(isPrecise(() => null)).toBe(false);
  });
});

describe('the memory that the kernel has reclaimed', () => {
  test('is unknown at first, and the same while nothing is reclaimed', async () => {
    const reclaimed = new ReclaimedMemory();
    onTestFinished(() => reclaimed.close());
    expect(reclaimed.hasChanged()).toBe(true);
    // Something on a busy machine may be reclaimed between two calls.
    await waitFor(() => !reclaimed.hasChanged(), 'two equal readings');
  });

  test('counts as changed once it cannot be read', () => {
    const reclaimed = new ReclaimedMemory();
    reclaimed.close();
    expect(reclaimed.hasChanged()).toBe(true);
  });
});
