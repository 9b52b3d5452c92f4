import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureFolder } from '../../../base/atomic-file.ts';
import { hasOtherOwner, writeOwner } from './owner-file.ts';

const POLL_MS = 20;
/** Longer than a delivery worker runs without its engine, unless it only waits for answers. */
const MAX_WAIT_MS = 15_000;

/**
 * Waits until the delivery worker of a killed engine has finished its current message, because two workers would send it
 * twice. Then records this process as the owner of the spool.
 */
export async function replacePredecessor(spoolDir: string): Promise<void> {
  const path = ownerFileOf(spoolDir);
  const deadline = performance.now() + MAX_WAIT_MS;
  while (hasOtherOwner(path) && performance.now() < deadline) await sleep(POLL_MS);
  try {
    ensureFolder(spoolDir);
    writeOwner(path);
  } catch {
    // Alerts about a full disk must still be sent, even if a message may be sent twice without this record.
  }
}

/**
 * Leaves the spool to the next delivery worker, except for the messages in some files: they were sent, and this process waits
 * for the answers.
 */
export function leaveToSuccessor(spoolDir: string, sentFiles: readonly string[]): void {
  try {
    for (const file of sentFiles) writeOwner(answerFileOf(file));
    rmSync(ownerFileOf(spoolDir), { force: true });
  } catch {
    // The next worker waits for this process, at most MAX_WAIT_MS.
  }
}

/** Returns whether the previous delivery worker has sent the message in a file and waits for the answer. */
export function isSentByPredecessor(file: string): boolean {
  const path = answerFileOf(file);
  if (hasOtherOwner(path)) return true;
  rmSync(path, { force: true });
  return false;
}

function ownerFileOf(spoolDir: string): string {
  return join(spoolDir, 'courier.json');
}

/** Its suffix keeps it from being taken for a message. */
function answerFileOf(file: string): string {
  return `${file}.sent-by`;
}
