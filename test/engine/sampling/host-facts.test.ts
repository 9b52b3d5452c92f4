import * as os from 'node:os';
import { describe, expect, test } from 'vitest';
import { HostCpu } from '../../../src/base/host-cpu.ts';
import { createHostSampler } from '../../../src/engine/sampling/host-facts.ts';
import { findUsedPercent } from '../../../src/engine/sampling/system-information.ts';
import { waitFor } from '../../support/wait-for.ts';

test('basic facts are available before anything was measured', () => {
  const facts = createHostSampler({ now: () => 0 }).facts();
  expect(facts).toMatchObject({ hostname: os.hostname(), cores: os.cpus().length, cpuPercent: null });
  expect(facts.memoryTotalMb).toBe(Math.round(os.totalmem() / 2 ** 20));
  expect(facts.load).toHaveLength(3);
  expect(Date.parse(facts.bootedAt ?? '')).toBeLessThan(Date.now());
});

test('memory, disk and distribution are available once systeminformation is loaded', async () => {
  let nowMs = 0;
  const sampler = createHostSampler({ now: () => nowMs, loadAfterMs: 1 });
  const facts = await waitFor(async () => {
    nowMs += 2_000;
    const current = await sampler.refresh();
    return current.diskUsedPercent !== null && current.cpuPercent !== null ? current : null;
  }, 'facts of the disk and the CPU');
  expect(facts.diskUsedPercent).toBeGreaterThan(0);
  expect(facts.diskUsedPercent).toBeLessThanOrEqual(100);
  expect(facts.cpuPercent).toBeGreaterThanOrEqual(0);
  expect(facts.cpuPercent).toBeLessThanOrEqual(100);
  expect(facts.memoryUsedMb).toBeLessThan(facts.memoryTotalMb ?? 0);
});

test('two refreshes within two seconds read once', async () => {
  let nowMs = 0;
  const sampler = createHostSampler({ now: () => nowMs });
  const first = await sampler.refresh();
  nowMs = 1_999;
  expect(await sampler.refresh()).toBe(first);
  nowMs = 2_000;
  expect(await sampler.refresh()).not.toBe(first);
});

describe('the CPU of the host', () => {
  test('is unknown until enough time has passed, and after a long pause', () => {
    const cpu = new HostCpu(0);
    expect(cpu.measure(100)).toBeNull();
    expect(cpu.measure(3_600_000)).toBeNull();
  });

  test('is a percentage of all cores', async () => {
    const cpu = new HostCpu(0);
    const before = os.cpus()[0]!.times;
    await waitFor(
      () => os.cpus()[0]!.times.idle + os.cpus()[0]!.times.user > before.idle + before.user,
      'the clock of a core',
    );
    const percent = cpu.measure(1_000);
    expect(percent).toBeGreaterThanOrEqual(0);
    expect(percent).toBeLessThanOrEqual(100);
  });
});

describe('the disk of a folder', () => {
  const disks = [
    { mount: '/', use: 10 },
    { mount: '/home', use: 20 },
    { mount: '/home/me/data', use: 30 },
  ];

  test.each([
    ['/', 10],
    ['/homework', 10],
    ['/home', 20],
    ['/home/me', 20],
    ['/home/me/data/deep', 30],
  ])('%s is the disk with the nearest mount point above it', (folder, used) => {
    expect(findUsedPercent(disks, folder)).toBe(used);
  });

  test('is unknown without disks', () => {
    expect(findUsedPercent([], '/')).toBeNull();
  });
});
