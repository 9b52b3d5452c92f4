import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessIdentity } from '../../base/process-identity.ts';
import { isOwnerAlive, readLockOwner } from '../../base/lock-owner.ts';
import type { Paths } from '../../config/instance/paths.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { Context } from '../command/context.ts';
import { pairOf } from './pair.ts';
import { connectIfRunning } from './start-engine.ts';

const END_MS = 5_000;
const POLL_MS = 20;

/**
 * Ends the watcher of the instance, so that it starts nothing again; one that hangs is killed. Gives its pid, null when
 * there was none.
 * @throws HealerError TIMEOUT when it cannot be ended
 */
export async function endWatcher(context: Context): Promise<number | null> {
  const { watcher } = await pairOf(context);
  if (!existsSync(watcher.startNote) || !(await isWatcherOf(watcher, context.paths.instance))) return null;
  const owner = readLockOwner(watcher.lock);
  // It is not to run any more, whoever would start it again.
  rmSync(watcher.startNote, { force: true });
  if (owner === null || !isOwnerAlive(owner)) return null;
  await askToEnd(watcher).catch(() => undefined);
  if (!(await isGone(owner))) await kill(owner);
  return owner.pid;
}

async function isWatcherOf({ startNote }: Paths, instance: string): Promise<boolean> {
  const { readStartNote } = await import('../../config/instance/start-note.ts');
  try {
    return readStartNote(startNote)?.partner === instance;
  } catch {
    return false;
  }
}

async function askToEnd(watcher: Paths): Promise<void> {
  const connection = await connectIfRunning(watcher);
  try {
    await connection?.api.shutdown({});
  } finally {
    connection?.close();
  }
}

async function isGone(owner: ProcessIdentity): Promise<boolean> {
  const deadline = performance.now() + END_MS;
  while (isOwnerAlive(owner)) {
    if (performance.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

async function kill(owner: ProcessIdentity): Promise<void> {
  if (isOwnerAlive(owner)) process.kill(owner.pid, 'SIGKILL');
  if (await isGone(owner)) return;
  const pid = String(owner.pid);
  throw new HealerError(
    'TIMEOUT',
    `the watcher (pid ${pid}) does not end, not even killed — see "ps -o stat,wchan ${pid}"`,
  );
}
