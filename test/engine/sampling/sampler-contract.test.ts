import { describe, expect, onTestFinished, test } from 'vitest';
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

  /** Waits in real time: CPU usage is a rate over time. */
  async function passTime(ms: number): Promise<void> {
    const start = performance.now();
    await waitFor(() => performance.now() - start >= ms, 'time to pass');
  }

  test('measures no CPU in the first sample, and a busy loop as busy in the next one', async () => {
    const { root } = await startNode('busy', 'console.log("ready"); for (;;);');
    const sampler = createSampler();
    expect(await sampleOne(sampler, root)).toMatchObject({ cpuPercent: null, processes: 1 });
    await passTime(600);
    const cpuPercent = (await sampleOne(sampler, root))?.cpuPercent;
    // It shares its core with everything else on the machine.
    expect(cpuPercent).toBeGreaterThan(15);
    expect(cpuPercent).toBeLessThan(160);
  });

  test('measures a waiting program as idle', async () => {
    const { root } = await startShell('idle', 'echo ready; sleep 300; :');
    const sampler = createSampler();
    await sampleOne(sampler, root);
    await passTime(300);
    expect((await sampleOne(sampler, root))?.cpuPercent).toBeLessThan(10);
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
      return found.map((member) => member.name).join(' ') === 'sh sh sh sleep' ? found : null;
    }, 'four processes, the root first');
    expect((await sampleOne(sampler, root))?.processes).toBe(4);
    expect(await sampler.count([root])).toEqual(new Map([['tree', 4]]));
    expect(members[0]).toMatchObject({ pid: root.pid, parentPid: process.pid });
    expect(members.slice(1).map((member) => member.parentPid)).toEqual(members.slice(0, 3).map((member) => member.pid));
    for (const member of members) expect(member.memoryMb).toBeGreaterThan(0);
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
    await sampleOne(sampler, root);
    expect((await sampler.sampleFast(['busy'])).get('busy')?.cpuPercent).toBeNull();
    await passTime(400);
    expect((await sampler.sampleFast(['busy'])).get('busy')?.cpuPercent).toBeGreaterThan(15);
    // If the fast sample had moved the baseline, the slow one would cover no time.
    expect((await sampleOne(sampler, root))?.cpuPercent).toBeGreaterThan(15);
  });

  test('returns nothing without programs', async () => {
    expect(await createSampler().sample([])).toEqual(new Map());
  });
});
