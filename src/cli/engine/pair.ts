import { isOwnerAlive, readLockOwner } from '../../base/lock-owner.ts';
import { messageOf } from '../../base/thrown.ts';
import { type Paths, resolvePaths } from '../../config/instance/paths.ts';
import type { PeerView } from '../../protocol/peer-view.ts';
import type { EngineStatus } from '../../protocol/snapshot.ts';
import type { Context } from '../command/context.ts';
import { connectIfRunning } from './start-engine.ts';

/** The paths of an engine and its watcher. */
export interface Pair {
  readonly engine: Paths;
  readonly watcher: Paths;
}

/** One of the two engines, as it reports itself. */
export interface Side {
  readonly instanceId: string;
  readonly pid: number | null;
  /** Whether it answers. */
  readonly alive: boolean;
  readonly uptimeMs: number | null;
  /** Why it does not answer although it runs; null if it answers or is not running. */
  readonly problem: string | null;
  /** How it sees its peer engine; null if it watches none. */
  readonly partner: PeerView | null;
}

/** @throws HealerError INVALID_CONFIG if the watcher's name is too long for an instance name */
export async function pairOf({ paths, env }: Context): Promise<Pair> {
  const { watcherOf } = await import('../../config/registry/peer-settings.ts');
  return { engine: paths, watcher: resolvePaths(env, watcherOf(paths.instance)) };
}

/** Returns the pid of the process that holds the instance's lock, or null. */
function lockedBy({ lock }: Paths): number | null {
  const owner = readLockOwner(lock);
  return owner !== null && isOwnerAlive(owner) ? owner.pid : null;
}

/** Requests the status of an engine. If it does not answer, only the holder of its lock is known. */
export async function askSide(paths: Paths): Promise<Side> {
  let problem: string | null = null;
  const status = await statusOf(paths).catch((error: unknown) => {
    problem = messageOf(error);
    return null;
  });
  return {
    instanceId: paths.instance,
    pid: status?.pid ?? lockedBy(paths),
    alive: status !== null,
    uptimeMs: status?.uptimeMs ?? null,
    problem,
    partner: status?.partner ?? null,
  };
}

async function statusOf(paths: Paths): Promise<EngineStatus | null> {
  const connection = await connectIfRunning(paths);
  try {
    return (await connection?.api.status({})) ?? null;
  } finally {
    connection?.close();
  }
}
