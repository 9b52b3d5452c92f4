import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureFolder, replaceFile } from '../../../base/atomic-file.ts';
import type { ProcessIdentity } from '../../../base/process-identity.ts';
import { isStillAlive, readProcStat } from '../../../base/proc-stat.ts';

const POLL_MS = 20;
/** Longer than a delivery worker runs without its engine. */
const MAX_WAIT_MS = 15_000;

/**
 * Waits until the delivery worker of a killed engine has finished its current message, because two workers would send it
 * twice. Then records this process as the owner of the spool.
 */
export async function replacePredecessor(spoolDir: string): Promise<void> {
  const path = join(spoolDir, 'courier.json');
  const deadline = performance.now() + MAX_WAIT_MS;
  while (isAlive(readOwner(path)) && performance.now() < deadline) await sleep(POLL_MS);
  const startTicks = readProcStat(process.pid)?.startTicks ?? null;
  try {
    ensureFolder(spoolDir);
    replaceFile(path, `${JSON.stringify({ pid: process.pid, startTicks })}\n`);
  } catch {
    // Alerts about a full disk must still be sent, even if a message may be sent twice without this record.
  }
}

function readOwner(path: string): ProcessIdentity | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch {
    return null;
  }
}

/** Without a start time, a pid does not identify a process, so the worker counts as gone. */
function isAlive(owner: ProcessIdentity | null): boolean {
  return typeof owner?.startTicks === 'number' && isStillAlive({ pid: owner.pid, startTicks: owner.startTicks });
}
