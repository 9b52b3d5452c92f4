import { join } from 'node:path';
import { isOwnerAlive, readLockOwner } from '../../base/lock-owner.ts';
import type { Paths } from '../../config/instance/paths.ts';

/** Returns the file that names the process of the fleet agent of an instance. */
export function agentLock({ stateDir }: Pick<Paths, 'stateDir'>): string {
  return join(stateDir, 'fleet', 'agent.lock');
}

/**
 * Ends the fleet agent that a killed engine has left: it says goodbye to the fleet. Returns its pid, or null if none was
 * running.
 */
export function endAgent(paths: Pick<Paths, 'stateDir'>): number | null {
  const owner = readLockOwner(agentLock(paths));
  if (owner === null || !isOwnerAlive(owner)) return null;
  try {
    process.kill(owner.pid, 'SIGTERM');
  } catch {
    // It has just exited.
  }
  return owner.pid;
}
