import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cgroupBase, locateCgroup } from '../../base/cgroup-mount.ts';
import { ownUid } from '../../base/own-user.ts';
import { listPids } from '../../base/proc-stat.ts';
import { environmentOf } from '../../client/connection/local-engine.ts';
import { cgroupNameOf, instanceNameOf, MARK_VARIABLE } from '../../config/instance/instance-name.ts';
import type { Paths } from '../../config/instance/paths.ts';
import type { Context } from '../command/context.ts';
import { connectIfRunning, ensureEngine } from './start-engine.ts';

/** Starts nothing, also no peer, and ends what runs. */
const END_ONLY = { files: [], observes: false, watchedInstance: null, isStandalone: true, endsPrograms: true } as const;

/**
 * If no engine runs but an earlier one left something running, starts an engine that adopts it and starts nothing, so that it
 * can be shut down like any other. Returns whether it did.
 * @throws HealerError SPAWN_FAILED if no engine can be started
 */
export async function startToEnd({ paths, env }: Context): Promise<boolean> {
  const running = await connectIfRunning(paths);
  running?.close();
  if (running !== null || !isSomethingLeft(paths)) return false;
  const { connection, isNew } = await ensureEngine(paths, END_ONLY, { env });
  connection.close();
  return isNew;
}

/** Returns whether a process of the instance runs, by its mark or in the cgroup of the instance. */
function isSomethingLeft({ stateDir }: Paths): boolean {
  const prefix = `${instanceNameOf(stateDir)}:`;
  const isMarked = (pid: number): boolean =>
    pid !== process.pid && environmentOf(pid)?.env[MARK_VARIABLE]?.startsWith(prefix) === true;
  return listPids().some(isMarked) || isPopulated(cgroupNameOf(stateDir));
}

function isPopulated(cgroup: string): boolean {
  try {
    const place = locateCgroup(readFileSync('/proc/self/mountinfo', 'utf8'), readFileSync('/proc/self/cgroup', 'utf8'));
    if (place === null) return false;
    const events = join(cgroupBase(place, ownUid()), cgroup, 'cgroup.events');
    return /^populated 1$/m.test(readFileSync(events, 'utf8'));
  } catch {
    return false;
  }
}
