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
 * Stops the watcher of the instance, so that it restarts nothing; a watcher that hangs is force killed. Returns its pid,
 * or null if none was running.
 * @throws HealerError TIMEOUT if it cannot be stopped
 */
export async function endWatcher(context: Context): Promise<number | null> {
  const { watcher } = await pairOf(context);
  if (!existsSync(watcher.startNote) || !(await isWatcherOf(watcher, context.paths.instance))) return null;
  const owner = readLockOwner(watcher.lock);
  // Without the note, neither engine starts the watcher again.
  rmSync(watcher.startNote, { force: true });
  if (owner === null || !isOwnerAlive(owner)) return null;
  await requestShutdown(watcher).catch(() => undefined);
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

async function requestShutdown(watcher: Paths): Promise<void> {
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
    `the watcher (pid ${pid}) did not exit even after SIGKILL — see "ps -o stat,wchan ${pid}"`,
  );
}
