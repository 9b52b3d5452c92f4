import { describe, expect, test } from 'vitest';
import { CountedHome, cpuOf } from '../support/counted-home.ts';
import { scrape, valueIn } from '../support/scrape.ts';
import { waitFor } from '../support/wait-for.ts';

const PATIENCE_MS = 30_000;

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** What a run may use that it cannot report: its exit, and the program that started it. */
const UNREPORTED_SECONDS = 0.15;

describe('the counters of programs', () => {
  test('have the CPU time of runs that are shorter than the interval of samples', async () => {
    await using home = new CountedHome();
    await home.open();
    await home.up(`loop - 0 -- ${home.burn(0.3, 1, 'loop')}`);
    await waitFor(() => home.used('loop').length >= 4, 'four runs', PATIENCE_MS);
    await home.ok('stop', 'loop');
    const counted = await home.cpu('loop');
    const used = sum(home.used('loop'));
    expect(counted).toBeGreaterThanOrEqual(used);
    expect(counted).toBeLessThan(used + UNREPORTED_SECONDS * home.used('loop').length);
    await home.down();
  });

  test('have the CPU time of every process of a tree, also of orphans, once', async () => {
    await using home = new CountedHome();
    await home.open();
    const script = [
      '#!/bin/sh',
      `${home.burn(0.4, 0, 'tree')} &`,
      `(setsid ${home.burn(0.4, 0, 'tree')} &)`,
      `(${home.burn(1.6, 0, 'tree')} &)`,
      home.burn(0.2, 0, 'tree'),
      'wait',
      // Leftover processes would be killed when the main process exits.
      `while [ "$(wc -l < ${home.folder}/tree.used)" -lt 4 ]; do sleep 0.1; done`,
      'exit 0',
    ];
    const path = home.write('tree.sh', `${script.join('\n')}\n`);
    await home.up(`tree - 0 -- ${path}`);
    await waitFor(async () => (await home.row('tree')).state === 'exited', 'the tree to exit', PATIENCE_MS);
    expect(home.used('tree')).toHaveLength(4);
    const used = sum(home.used('tree'));
    await waitFor(async () => ((await home.cpu('tree')) ?? 0) >= used, 'the last process to be counted', PATIENCE_MS);
    expect(await home.cpu('tree')).toBeLessThan(used + UNREPORTED_SECONDS * 5);
    await home.down();
  });

  test('never decrease: not by a killed engine, not by removal and adding again', async () => {
    await using home = new CountedHome();
    await home.open();
    const worker = `worker - 0 -- ${home.work()}`;
    const other = 'other - 0 -- sleep 1000';
    await home.up(worker, other);
    expect(await home.restarts('worker', 'operator')).toBe(0);
    await home.ok('restart', 'worker');
    await waitFor(async () => ((await home.cpu('worker')) ?? 0) > 1, 'a second of CPU time', PATIENCE_MS);
    const before = (await home.cpu('worker')) ?? 0;
    const { pid } = await home.row('worker');

    await home.killEngine();
    // It works on meanwhile.
    await waitFor(() => cpuOf(pid) > before + 0.5, 'more CPU time', PATIENCE_MS);
    await home.ok('up');
    await waitFor(async () => ((await home.cpu('worker')) ?? 0) > before, 'the first sample', PATIENCE_MS);
    expect((await home.row('worker')).pid).toBe(pid);
    expect(await home.restarts('worker', 'operator')).toBe(1);
    const whole = (await home.cpu('worker')) ?? 0;
    expect(whole).toBeGreaterThan(cpuOf(pid) - 1.5);

    await home.killEngine();
    const atEnd = cpuOf(pid ?? 0);
    process.kill(pid ?? 0, 'SIGKILL');
    await home.ok('up');
    expect(await home.restarts('worker', 'crash')).toBe(1);
    expect(await home.cpu('worker')).toBeGreaterThanOrEqual(Math.max(whole, atEnd));

    home.list(other);
    await waitFor(async () => (await home.cpu('worker')) === undefined, 'the removal', PATIENCE_MS);
    await home.killEngine();
    await home.ok('up');
    home.list(worker, other);
    await waitFor(async () => (await home.cpu('worker')) !== undefined, 'the program to be added again', PATIENCE_MS);
    expect(await home.cpu('worker')).toBeGreaterThanOrEqual(Math.max(whole, atEnd));
    expect(await home.restarts('worker', 'operator')).toBe(1);
    expect(await home.restarts('worker', 'crash')).toBe(1);
    await home.down();
  });

  test('separate wanted from unwanted downtime, and count programs in all states', async () => {
    await using home = new CountedHome();
    await home.open();
    const sleep = '- 0 -- sleep 1000';
    await home.up(`web ${sleep}`, `db ${sleep}`, `job - 0 -- sh -c "exit 0"`, `broken - 0 -- sh -c "exit 1"`);
    await home.ok('stop', 'web');
    await waitFor(async () => (await home.row('broken')).state === 'backoff', 'the failure', PATIENCE_MS);
    await waitFor(async () => (await home.row('job')).state === 'exited', 'the job', PATIENCE_MS);
    const samples = await scrape(home.port);
    const flags = (name: string): unknown[] =>
      ['web', 'db', 'job', 'broken'].map((process) => valueIn(samples, name, { process }));
    expect(flags('healer_process_wanted')).toEqual([0, 1, 0, 1]);
    expect(flags('healer_process_up').slice(0, 3)).toEqual([0, 1, 0]);
    expect(valueIn(samples, 'healer_processes', { state: 'stopped' })).toBe(1);
    expect(valueIn(samples, 'healer_processes', { state: 'cooldown' })).toBe(0);
    await home.down();
  });
});
