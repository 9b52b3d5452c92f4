import { describe, expect, onTestFinished, test } from 'vitest';
import { CLOCK_TICKS_PER_SECOND, readProcStat } from '../../../src/base/proc-stat.ts';
import { createPidusageSampler } from '../../../src/engine/sampling/pidusage-sampler.ts';
import { createProcSampler } from '../../../src/engine/sampling/proc-sampler.ts';
import type { MonotonicNow, Sampler, TreeRoot, TreeUsage } from '../../../src/engine/sampling/sampler.ts';
import { waitFor } from '../../support/wait-for.ts';
import { startNode, startShell } from './real-program.ts';

const SAMPLERS: readonly [name: string, create: (now: MonotonicNow) => Sampler][] = [
  ['/proc', createProcSampler],
  ['pidusage', createPidusageSampler],
];

const THREE_LEVELS = `sh -c 'sh -c "echo ready; sleep 300; :"; :'; :`;

describe.each(SAMPLERS)('the sampler on %s', (_, create) => {
  function createSampler(): Sampler {
    const sampler = create(() => performance.now());
    onTestFinished(() => sampler.close());
    return sampler;
  }

  async function sampleOne(sampler: Sampler, root: TreeRoot): Promise<TreeUsage | undefined> {
    return (await sampler.sample([root])).get(root.id);
  }

  test('measures no CPU in the first sample, and in the next one what the program used since', async () => {
    const { root } = await startNode('busy', 'console.log("ready"); for (;;);');
    const sampler = createSampler();
    const first = await between(root.pid, () => sampleOne(sampler, root));
    expect(first.result).toMatchObject({ cpuPercent: null, processes: 1 });
    await used(root.pid, first.after.ticks + 30);
    const second = await between(root.pid, () => sampleOne(sampler, root));
    expectRate(second.result?.cpuPercent, first, second);
  });

  test('measures a waiting program as idle', async () => {
    const { root } = await startShell('idle', 'echo ready; sleep 300; :');
    const sampler = createSampler();
    const first = await between(root.pid, () => sampleOne(sampler, root));
    await waitFor(() => performance.now() - first.after.atMs >= 300, 'time to pass');
    const second = await between(root.pid, () => sampleOne(sampler, root));
    expect(second.after.ticks - first.before.ticks).toBeLessThanOrEqual(1);
    expectRate(second.result?.cpuPercent, first, second);
  });

  test('measures the memory of a program', async () => {
    const { root } = await startNode(
      'big',
      'const held = Buffer.alloc(100 * 2 ** 20, 1); console.log("ready"); setInterval(() => held, 1e6);',
    );
    const usage = await sampleOne(createSampler(), root);
    expect(usage?.memoryMb).toBeGreaterThan(120);
    expect(usage?.memoryMb).toBeLessThan(250);
  });

  test('counts a tree of three levels, and lists its members with the root first', async () => {
    const { root } = await startShell('tree', THREE_LEVELS);
    const sampler = createSampler();
    const members = await waitFor(async () => {
      const found = await sampler.treeOf(root);
      const isComplete = found.map((member) => member.name).join(' ') === 'sh sh sh sleep';
      // A process has its new name shortly before it has memory.
      return isComplete && found.every((member) => member.memoryMb > 0) ? found : null;
    }, 'four processes with memory, the root first');
    expect((await sampleOne(sampler, root))?.processes).toBe(4);
    expect(await sampler.count([root])).toEqual(new Map([['tree', 4]]));
    expect(members[0]).toMatchObject({ pid: root.pid, parentPid: process.pid });
    for (const { cpuSeconds = 0, uptimeMs = 0 } of members) {
      expect(cpuSeconds).toBeLessThan(60);
      expect(uptimeMs).toBeLessThan(600_000);
    }
    expect(members.slice(1).map((member) => member.parentPid)).toEqual(members.slice(0, 3).map((member) => member.pid));
  });

  test('keeps a process in its tree after its parent exited', async () => {
    const { root } = await startShell('orphan', `sh -c 'sleep 300 & echo ready'; sleep 301; :`);
    const sampler = createSampler();
    await waitFor(async () => {
      const sleeps = (await sampler.treeOf(root)).filter((member) => member.name === 'sleep');
      return sleeps.length === 2 && sleeps.some((member) => member.parentPid !== root.pid);
    }, 'the orphan to be in the tree, with its sibling');
    expect((await sampleOne(sampler, root))?.processes).toBe(3);
  });

  test('distinguishes several programs', async () => {
    const tree = await startShell('tree', THREE_LEVELS);
    const single = await startShell('single', 'echo ready; exec sleep 300');
    const sampler = createSampler();
    await waitFor(async () => {
      const usages = await sampler.sample([tree.root, single.root]);
      return usages.get('tree')?.processes === 4 && usages.get('single')?.processes === 1;
    }, 'each program to have its own processes');
  });

  test('omits a program that has exited from every kind of sample', async () => {
    const program = await startShell('gone', 'echo ready; exec sleep 300');
    const sampler = createSampler();
    expect(await sampleOne(sampler, program.root)).toBeDefined();
    await program.end();
    expect(await sampler.sampleFast(['gone'])).toEqual(new Map());
    expect(await sampler.sample([program.root])).toEqual(new Map());
    expect(await sampler.treeOf(program.root)).toEqual([]);
  });

  test('omits a program from a fast sample if it was not sampled before', async () => {
    expect(await createSampler().sampleFast(['unknown'])).toEqual(new Map());
  });

  test('keeps fast and slow samples independent', async () => {
    const { root } = await startNode('busy', 'console.log("ready"); for (;;);');
    const sampler = createSampler();
    const slow = await between(root.pid, () => sampleOne(sampler, root));
    const sampleFast = async () => (await sampler.sampleFast(['busy'])).get('busy');
    const fast = await between(root.pid, sampleFast);
    expect(fast.result?.cpuPercent).toBeNull();
    await used(root.pid, fast.after.ticks + 30);
    const fastAgain = await between(root.pid, sampleFast);
    expectRate(fastAgain.result?.cpuPercent, fast, fastAgain);
    // If the fast sample had moved the baseline, the slow one would cover no time.
    const slowAgain = await between(root.pid, () => sampleOne(sampler, root));
    expectRate(slowAgain.result?.cpuPercent, slow, slowAgain);
  });

  test('returns nothing without programs', async () => {
    expect(await createSampler().sample([])).toEqual(new Map());
  });
});

/** The CPU time of a process as the kernel counts it, and the time. */
interface Reading {
  readonly ticks: number;
  readonly atMs: number;
}

interface Measured<T> {
  readonly before: Reading;
  readonly after: Reading;
  readonly result: T;
}

function readNow(pid: number): Reading {
  return { ticks: readProcStat(pid)?.cpuTicks ?? 0, atMs: performance.now() };
}

async function between<T>(pid: number, measure: () => Promise<T>): Promise<Measured<T>> {
  const before = readNow(pid);
  const result = await measure();
  return { before, result, after: readNow(pid) };
}

/** Waits until a process has used this much CPU time, which takes long on a busy machine. */
async function used(pid: number, ticks: number): Promise<void> {
  await waitFor(() => readNow(pid).ticks >= ticks, 'the program to use CPU time');
}

/** Two ticks, since the clocks of the kernel and of the sampler are read at different moments. */
const ROUNDING = 2;
const MS_PER_TICK = 1_000 / CLOCK_TICKS_PER_SECOND;

/** Checks a rate against the CPU time that the process used between two samples, however busy the machine was meanwhile. */
function expectRate(cpuPercent: number | null | undefined, first: Measured<unknown>, second: Measured<unknown>): void {
  const rate = (ticks: number, ms: number): number => (100 * ticks * MS_PER_TICK) / ms;
  const least = second.before.ticks - first.after.ticks - ROUNDING;
  const most = second.after.ticks - first.before.ticks + ROUNDING;
  expect(cpuPercent).toBeGreaterThanOrEqual(rate(Math.max(0, least), second.after.atMs - first.before.atMs));
  expect(cpuPercent).toBeLessThanOrEqual(rate(most, Math.max(1, second.before.atMs - first.after.atMs)));
}
