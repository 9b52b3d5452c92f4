import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureFolder, replaceFile } from '../../../base/atomic-file.ts';
import type { ProcessIdentity } from '../../../base/process-identity.ts';
import { isStillAlive, readProcStat } from '../../../base/proc-stat.ts';

const POLL_MS = 20;
/** Longer than a delivery worker without an engine stays. */
const PATIENCE_MS = 15_000;

/**
 * Waits for the delivery worker of an engine that was killed to finish the message it has in hand: two at work would send it
 * twice. Then takes its place.
 */
export async function succeed(spoolDir: string): Promise<void> {
  const path = join(spoolDir, 'courier.json');
  const deadline = performance.now() + PATIENCE_MS;
  while (isAlive(readOwner(path)) && performance.now() < deadline) await sleep(POLL_MS);
  const startTicks = readProcStat(process.pid)?.startTicks ?? null;
  try {
    ensureFolder(spoolDir);
    replaceFile(path, `${JSON.stringify({ pid: process.pid, startTicks })}\n`);
  } catch {
    // A full disk is what people should hear of; without the note a message may come twice, without mail not at all.
  }
}

function readOwner(path: string): ProcessIdentity | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch {
    return null;
  }
}

/** Where start times cannot be read, a pid alone proves nothing: nobody is waited for. */
function isAlive(owner: ProcessIdentity | null): boolean {
  return typeof owner?.startTicks === 'number' && isStillAlive({ pid: owner.pid, startTicks: owner.startTicks });
}
