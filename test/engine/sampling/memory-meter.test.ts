import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MemoryMeter, type CgroupMemoryOf } from '../../../src/engine/sampling/memory-meter.ts';
import { readProportionalMemory } from '../../../src/engine/sampling/proportional-memory.ts';
import { LaunchRoom } from '../../support/launch-room.ts';

const MB = 2 ** 20;

/** A parent and its child that share 64 MB. */
async function sharingPair(): Promise<{ readonly pids: readonly number[]; readonly residentMb: number }> {
  const room = new LaunchRoom('posix');
  onTestFinished(() => room.close());
  const script = 'vec($s, 64 * 2 ** 20 - 1, 8) = 1; $| = 1; $c = fork; print "pids $$ $c\\n" if $c; sleep 100000';
  room.launch({ file: '/usr/bin/perl', argv: ['perl', '-e', script] });
  await room.printed('pids');
  const pids = (/pids (\d+) (\d+)/.exec(room.stdout())?.slice(1) ?? []).map(Number);
  const residentKb = pids.map((pid) =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]),
  );
  return { pids, residentMb: residentKb.reduce((sum, each) => sum + each, 0) / 1024 };
}

function meterWith(limitMb: number, cgroupMemoryOf?: CgroupMemoryOf): MemoryMeter {
  const meter = new MemoryMeter(() => performance.now(), cgroupMemoryOf);
  meter.setLimits(new Map([['web', limitMb]]));
  return meter;
}

describe('the memory of a tree', () => {
  test('counts pages that processes share once', async () => {
    const { pids, residentMb } = await sharingPair();
    expect(residentMb).toBeGreaterThan(128);
    const { bytes, isEstimate } = await readProportionalMemory(pids);
    expect(isEstimate).toBe(false);
    expect(bytes).toBeGreaterThan(64 * MB);
    expect(bytes).toBeLessThan(90 * MB);
  });

  test('is not measured far from the limit, and as PSS near it', async () => {
    const { pids, residentMb } = await sharingPair();
    const tree = { id: 'web', rootPid: pids[0] ?? 0, residentMb, pids: () => pids };
    expect(meterWith(1_000).isNeeded(tree.id, tree.residentMb)).toBe(false);
    expect(meterWith(100).isNeeded(tree.id, tree.residentMb)).toBe(true);
    const measured = await meterWith(100).measure(tree);
    expect(measured).toMatchObject({ memoryMeasure: 'pss', isMemoryPending: false });
    expect(measured.memoryMb).toBeLessThan(90);
  });

  test('is that of the cgroup if there is one, but never more than the resident memory', async () => {
    const tree = { id: 'web', rootPid: 1, residentMb: 200, pids: () => [1, 2] };
    const asked: unknown[] = [];
    const measured = await meterWith(100, (id, pids) => (asked.push([id, [...pids]]), 90 * MB)).measure(tree);
    expect(measured).toEqual({ memoryMb: 90, memoryMeasure: 'cgroup', isMemoryPending: false });
    expect(asked).toEqual([['web', [1, 2]]]);
    const files = await meterWith(100, () => 900 * MB).measure(tree);
    expect(files).toEqual({ memoryMb: 200, memoryMeasure: 'rss', isMemoryPending: false });
  });

  test('of processes that have exited meanwhile is 0', async () => {
    expect(await readProportionalMemory([2 ** 22 + 1])).toEqual({ bytes: 0, isEstimate: false });
  });
});
