import { readFileSync } from 'node:fs';
import { readCollectorNotes } from '../../src/engine/logs/files/collector-lock.ts';

/**
 * Returns the pid of the running log collector, or null. The note of a collector that was killed remains until the next one
 * writes its own. In the meantime, another process may get the same pid, and a test must not kill that one.
 */
export function runningCollectorPid(locks: Parameters<typeof readCollectorNotes>[0]): number | null {
  return readCollectorNotes(locks).find(({ pid }) => commandOf(pid).startsWith('healer-keeper'))?.pid ?? null;
}

/** Returns '' for a process that does not exist, and for a zombie. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
