import { existsSync, readdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { isOwnerAlive, readLockOwner } from '../../src/base/lock-owner.ts';
import { type Paths, resolvePaths } from '../../src/config/instance/paths.ts';
import type { PeerView } from '../../src/protocol/peer-view.ts';
import { callHttp } from '../support/api-room.ts';
import { HealerHome, openFiles } from '../support/healer-home.ts';
import { createSmallDisk } from '../support/small-disk.ts';
import { waitFor } from '../support/wait-for.ts';

/** Two checks and a start, on a busy machine. */
const PATIENCE_MS = 40_000;
const SLEEPERS = ['a - - -- sleep 100000', 'b - - -- sleep 100001'];

interface StatusOfSide {
  readonly pid: number | null;
  readonly alive: boolean;
  readonly partner: PeerView | null;
}

/** A home with an engine and its watcher, each on free ports. */
class PairHome extends HealerHome {
  readonly sides: { readonly default: Paths; readonly watcher: Paths };

  constructor(parent?: string) {
    super(parent);
    this.extraEnv = { HEALER_API_PORT: '0', HEALER_ALIVENESS_PORT: '0' };
    this.sides = { default: this.paths, watcher: resolvePaths({ HEALER_HOME: this.folder }, 'watcher') };
  }

  async watch(...options: readonly string[]): Promise<void> {
    this.list(...SLEEPERS);
    await this.ok('watcher', '-f', this.listFile, ...options);
  }

  async status(): Promise<{ readonly engine: StatusOfSide; readonly watcher: StatusOfSide }> {
    return JSON.parse((await this.run('watcher', '--status', '--json')).stdout) as Awaited<
      ReturnType<PairHome['status']>
    >;
  }

  /** Returns the running holder of a lock, or 0. */
  holder(side: keyof PairHome['sides']): number {
    const owner = readLockOwner(this.sides[side].lock);
    return owner !== null && isOwnerAlive(owner) ? owner.pid : 0;
  }

  /** Counts the processes that have each lock open: its holder, and possibly an engine that is about to exit. */
  engines(): { readonly default: number; readonly watcher: number } {
    const open = this.survivors().map(({ pid }) => openFiles(pid));
    const count = ({ lock }: Paths): number => open.filter((files) => files.includes(lock)).length;
    return { default: count(this.sides.default), watcher: count(this.sides.watcher) };
  }

  /** Waits until each engine has seen a healthy peer. */
  async paired(): Promise<void> {
    await waitFor(
      async () => {
        const { engine, watcher } = await this.status();
        return engine.partner?.alive === true && watcher.partner?.alive === true;
      },
      'the two engines to see each other',
      PATIENCE_MS,
    );
  }

  /** Waits until each engine runs once. An engine that is about to exit, or a child before its exec, has the lock open for a moment. */
  async oneEach(): Promise<void> {
    await waitFor(
      () => isDeepStrictEqual(this.engines(), { default: 1, watcher: 1 }),
      'one engine on each side',
      PATIENCE_MS,
    );
  }

  /** Waits for the next holder of the lock, and until each engine runs once again. */
  async replaced(side: keyof PairHome['sides'], before: number): Promise<void> {
    await waitFor(
      () => {
        const pid = this.holder(side);
        return pid !== 0 && pid !== before && !isAlive(before);
      },
      `"${side}" to be replaced`,
      PATIENCE_MS,
    );
    await this.paired();
    await this.oneEach();
  }

  async programs(): Promise<readonly number[]> {
    return [await this.pid('a'), await this.pid('b')];
  }
}

// These tests mostly wait.
describe.concurrent('an engine and its watcher', () => {
  test.each<[string, NodeJS.Signals, number]>([
    ['kill -9, in turn', 'SIGKILL', 3],
    ['a stop', 'SIGSTOP', 1],
  ])('replace each other after %s, and programs keep running', { timeout: 240_000 }, async (_name, signal, rounds) => {
    await using home = new PairHome();
    await home.watch();
    await home.paired();
    const programs = await home.programs();
    for (let round = 0; round < rounds; round++) {
      for (const side of ['default', 'watcher'] as const) {
        const pid = home.holder(side);
        process.kill(pid, signal);
        await home.replaced(side, pid);
        expect(await home.programs()).toEqual(programs);
      }
    }
    expect((await home.kinds('a')).filter((kind) => kind === 'started')).toHaveLength(1);
    await home.down();
    expect(readdirSync(home.paths.runtimeDir)).toEqual([]);
  });

  test('stay down after every kind of shutdown request', { timeout: 120_000 }, async () => {
    await using home = new PairHome();
    await home.watch();
    await home.paired();
    const watcher = home.holder('watcher');
    expect(await home.ok('watcher', '--stop')).toContain(`Stopped the watcher (pid ${String(watcher)})`);
    expect(home.holder('default')).not.toBe(0);
    expect(await home.run('watcher', '--stop')).toMatchObject({ code: 3 });
    expect(await home.run('watcher', '--status')).toMatchObject({ code: 3 });
    await home.watch();
    await home.paired();
    // Without the command line, which would stop the watcher first.
    await home.ask((api) => api.shutdown({}));
    await waitFor(() => home.survivors().length === 0, 'the watcher to shut down', PATIENCE_MS);
    expect(existsSync(home.paths.startNote)).toBe(false);
  });

  test('report their state to each other and to clients', { timeout: 120_000 }, async () => {
    await using home = new PairHome();
    await home.watch();
    await home.paired();
    const { data } = await home.event('serving', ({ reason }) => reason.includes('aliveness'));
    const answer = JSON.parse((await callHttp(data['port'] as number, '/status', {})).text) as object;
    const partner = { instanceId: 'watcher', pid: home.holder('watcher'), alive: true };
    expect(answer).toMatchObject({ instanceId: 'default', partner });
    expect(await home.ok('status')).toMatch(/peer engine +"watcher" \(pid \d+\), alive/);
    expect(await home.ok('watcher', '--status')).toContain('watcher sees');
    expect(await home.ok('watcher')).toContain('is already running');
    expect(await home.run('watcher', '--status', '--stop')).toMatchObject({ code: 2 });
    await home.down();
  });

  test('replace themselves on request, and programs keep running', { timeout: 120_000 }, async () => {
    await using home = new PairHome();
    await home.watch();
    await home.paired();
    const programs = await home.programs();
    const old = home.holder('default');
    const { data } = await home.event('serving', ({ reason }) => reason.includes('API'));
    const answer = await callHttp(data['port'] as number, '/monitor/restart', { verb: 'POST' });
    expect(answer).toMatchObject({ status: 200 });
    expect(JSON.parse(answer.text)).toEqual({ pid: old, kept: ['a', 'b'] });
    await home.replaced('default', old);
    expect(await home.programs()).toEqual(programs);
    const watcher = home.holder('watcher');
    expect(await home.ok('watcher', '--restart')).toContain(`previously ${String(watcher)}`);
    await home.replaced('watcher', watcher);
    await home.down();
  });

  test('a standalone engine is not started again, and this is reported', { timeout: 120_000 }, async () => {
    await using home = new PairHome();
    home.list(...SLEEPERS);
    await home.ok('up', '--standalone', '-f', home.listFile);
    await home.ok('watcher');
    await waitFor(
      async () => (await home.status()).watcher.partner?.alive === true,
      'the watcher to see it',
      PATIENCE_MS,
    );
    await home.killEngine();
    await waitFor(
      async () => (await home.ok('events', '--instance', 'watcher')).includes('"default" died; nothing restarts it'),
      'the loss to be reported',
      PATIENCE_MS,
    );
    expect(home.engines()).toEqual({ default: 0, watcher: 1 });
    await home.up();
    await waitFor(
      async () => (await home.status()).watcher.partner?.alive === true,
      'the new engine to be seen',
      PATIENCE_MS,
    );
    await home.down();
  });

  test('are replaced on a full disk too, and nothing is started twice', { timeout: 120_000 }, async () => {
    const disk = createSmallDisk(16);
    try {
      await using home = new PairHome(disk.folder);
      await home.watch();
      await home.paired();
      const programs = await home.programs();
      disk.fill();
      for (const side of ['default', 'watcher'] as const) {
        const pid = home.holder(side);
        process.kill(pid, 'SIGKILL');
        await waitFor(() => !isAlive(pid), `"${side}" to exit`, PATIENCE_MS);
        await home.paired();
        await home.oneEach();
        expect(await home.programs()).toEqual(programs);
      }
      disk.free();
      await home.down();
    } finally {
      disk.close();
    }
  });

  test('still run once each after being started at once many times', { timeout: 120_000 }, async () => {
    await using home = new PairHome();
    home.list(...SLEEPERS);
    const starts = [1, 2, 3].map(() => home.run('watcher', '-f', home.listFile));
    expect((await Promise.all(starts)).map(({ code }) => code)).toEqual([0, 0, 0]);
    await home.paired();
    await home.oneEach();
    await home.down();
  });
});
