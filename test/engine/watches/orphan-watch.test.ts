import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive } from '../../../src/base/process-liveness.ts';
import { OrphanWatch } from '../../../src/engine/watches/orphan-watch.ts';
import { createProcessTableReader } from '../../../src/engine/os/process-table.ts';
import { createTrackedTrees } from '../../../src/engine/os/tracked-trees.ts';
import { OrphanFile } from '../../../src/engine/store/orphan-file.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { waitFor } from '../../support/wait-for.ts';

const INTERVAL_MS = 60_000;

describe('tracked processes', () => {
  let folder = '';
  let clock = new FakeClock();
  let told: { kind: string; pid: number | null; reason: string }[] = [];
  let mayAct = true;
  let isEnabled: boolean;
  const started: ChildProcess[] = [];
  const pids: number[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'healer-track-'));
    clock = new FakeClock();
    told = [];
    mayAct = true;
    isEnabled = true;
  });

  afterEach(() => {
    for (const pid of [...started.splice(0).map(({ pid: each = 0 }) => each), ...pids.splice(0)]) {
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  function watch(): OrphanWatch {
    const readTable = createProcessTableReader(() => performance.now());
    const orphans = new OrphanWatch({
      engine: { findByPid: () => undefined },
      clock,
      records: {
        record: ({ kind, pid, reason }) => void told.push({ kind, pid, reason }),
        recordEngineEvent: (kind, reason) => void told.push({ kind, pid: null, reason }),
        commit: () => undefined,
      },
      readTable,
      trees: createTrackedTrees(readTable),
      file: new OrphanFile(join(folder, 'orphans.json'), 'this boot'),
      intervalSeconds: () => INTERVAL_MS / 1000,
      mayAct: () => mayAct,
      isEnabled: () => isEnabled,
    });
    orphans.load();
    return orphans;
  }

  /** Starts a parent with a child and a grandchild, and returns their pids. */
  async function family(grandchild = 'sleep 1000'): Promise<[parent: number, child: number, grandchild: number]> {
    const script = `sh -c '${grandchild} & echo $$ $!; wait' & wait`;
    const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    started.push(parent);
    let printed = '';
    parent.stdout.on('data', (text: Buffer) => (printed += text.toString()));
    await waitFor(() => printed.endsWith('\n'), 'the processes to start');
    const [child = 0, leaf = 0] = printed.split(' ').map(Number);
    pids.push(child, leaf);
    return [parent.pid ?? 0, child, leaf];
  }

  async function kill(pid: number): Promise<void> {
    process.kill(pid, 'SIGKILL');
    await waitFor(() => !isAlive(pid), 'the process to exit');
  }

  test('are terminated with their tree at the next check after their parent exits', async () => {
    const orphans = watch();
    const [parent, child, grandchild] = await family();
    orphans.track(child);
    orphans.tick();
    await kill(parent);
    clock.advance(INTERVAL_MS - 1);
    orphans.tick();
    expect(isAlive(child)).toBe(true);
    clock.advance(1);
    orphans.tick();
    await waitFor(() => !isAlive(child) && !isAlive(grandchild), 'both to exit');
    orphans.tick();
    expect(told.map(({ kind, pid }) => [kind, pid])).toEqual([
      ['orphan-tracked', child],
      ['orphan-ended', child],
    ]);
    expect(told[1]?.reason).toBe(`"sh" was terminated: its parent "sh" (pid ${String(parent)}) exited`);
    expect(orphans.status().trackedCount).toBe(0);
    expect(watch().status().trackedCount).toBe(0);
  });

  test('that ignore SIGTERM get SIGKILL after 5 s', async () => {
    const orphans = watch();
    const [parent, child, grandchild] = await family('sh -c "trap : TERM; while :; do sleep 0.1; done"');
    orphans.track(child);
    await kill(parent);
    clock.advance(INTERVAL_MS);
    orphans.tick();
    await waitFor(() => !isAlive(child), 'the child to exit');
    clock.advance(1000);
    orphans.tick();
    expect(isAlive(grandchild)).toBe(true);
    clock.advance(4000);
    orphans.tick();
    await waitFor(() => !isAlive(grandchild), 'the grandchild to exit');
    expect(told.at(-1)?.reason).toMatch(
      /^"sh" was killed: its parent "sh" \(pid \d+\) exited, and it did not exit within 5 s of SIGTERM$/,
    );
  });

  test('are still tracked by the next engine, and other processes are never signaled', async () => {
    const [tracked, untracked] = [await family(), await family()];
    watch().track(tracked[1]);
    const next = watch();
    expect(next.status()).toMatchObject({ enabled: true, running: true, trackedCount: 1, checkInterval: 60 });
    await kill(tracked[0]);
    await kill(untracked[0]);
    clock.advance(INTERVAL_MS);
    next.tick();
    await waitFor(() => !isAlive(tracked[1]), 'the tracked process to exit');
    expect([isAlive(untracked[1]), isAlive(untracked[2])]).toEqual([true, true]);
  });

  test('are left alone after untrack and while healing is paused', async () => {
    const orphans = watch();
    const [parent, child] = await family();
    orphans.track(child);
    mayAct = false;
    await kill(parent);
    clock.advance(INTERVAL_MS);
    orphans.tick();
    expect(isAlive(child)).toBe(true);
    expect(orphans.untrack(child)).toMatchObject({ pid: child, parentPid: parent });
    mayAct = true;
    clock.advance(INTERVAL_MS);
    orphans.tick();
    expect(isAlive(child)).toBe(true);
  });

  test('are left alone while tracking is off, which the status shows, and terminated once it is on', async () => {
    const orphans = watch();
    const [parent, child] = await family();
    orphans.track(child);
    isEnabled = false;
    expect(orphans.status()).toMatchObject({ enabled: false, running: false, trackedCount: 1 });
    await kill(parent);
    orphans.tick();
    expect(isAlive(child)).toBe(true);
    const [, other] = await family();
    expect(() => orphans.track(other)).toThrow('tracking is off — run "healer config set tracking on" first');
    isEnabled = true;
    clock.advance(INTERVAL_MS);
    orphans.tick();
    await waitFor(() => !isAlive(child), 'the orphan to be terminated');
  });

  test('are forgotten once they have exited', async () => {
    const orphans = watch();
    const [, child] = await family();
    orphans.track(child);
    await kill(child);
    clock.advance(INTERVAL_MS);
    orphans.tick();
    expect(orphans.status().trackedCount).toBe(0);
    expect(told.at(-1)?.kind).toBe('orphan-untracked');
  });

  test('are refused with a reason if they cannot be tracked', async () => {
    const orphans = watch();
    const [, child] = await family();
    orphans.track(child);
    expect(() => orphans.track(child)).toThrow('is already tracked');
    expect(() => orphans.track(process.pid)).toThrow('it is the engine');
    expect(() => orphans.track(1)).toThrow('it is an ancestor of the engine');
    expect(() => orphans.track(4_194_304)).toThrow('no process has this pid');
    expect(() => orphans.untrack(1)).toThrow('1 is not tracked');
  });
});
