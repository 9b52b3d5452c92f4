import { isDeepStrictEqual } from 'node:util';
import { isAlive } from '../../src/base/process-liveness.ts';
import { isOwnerAlive, readLockOwner } from '../../src/base/lock-owner.ts';
import { type Paths, resolvePaths } from '../../src/config/instance/paths.ts';
import type { PeerView } from '../../src/protocol/peer-view.ts';
import { HealerHome, openFiles } from './healer-home.ts';
import { waitFor } from './wait-for.ts';

/** Two checks and a start, on a busy machine. */
export const PATIENCE_MS = 40_000;
export const SLEEPERS = ['a - - -- sleep 100000', 'b - - -- sleep 100001'];

interface StatusOfSide {
  readonly pid: number | null;
  readonly alive: boolean;
  readonly partner: PeerView | null;
}

/** A home with an engine and its watcher, each on free ports. */
export class PairHome extends HealerHome {
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
