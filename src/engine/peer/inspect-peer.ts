import { readFileSync } from 'node:fs';
import { isOwnerAlive, readLockOwner } from '../../base/lock-owner.ts';
import type { ExactIdentity } from '../../base/process-identity.ts';
import { CLOCK_TICKS_PER_SECOND, readProcStat } from '../../base/proc-stat.ts';
import type { StartNote } from '../../config/instance/start-note.ts';
import { PEER_RULE, type PeerSight } from '../../policy/peer-watch.ts';
import { askStatus } from './ask-status.ts';

export interface PeerLook {
  readonly process: ExactIdentity | null;
  readonly seen: Pick<PeerSight, 'process' | 'answer' | 'isLate'>;
}

/** Beyond what a look takes; then the machine or we ourselves were held up. */
const LATE_MS = 1_000;

/**
 * Looks by pid and over HTTP. A lock whose owner could not be written down, since the disk was full, names nobody: then
 * who answers counts.
 */
export async function inspectPeer(
  instance: string,
  lock: string,
  note: Pick<StartNote, 'statusUrl' | 'pid'>,
): Promise<PeerLook> {
  const beganMs = performance.now();
  const named = readLockOwner(lock);
  // What an engine before it wrote says nothing of where this one can be asked.
  const statusUrl = named === null || named.pid === note.pid ? note.statusUrl : null;
  const answer = statusUrl === null ? null : await askStatus(statusUrl, PEER_RULE.answerMs);
  const isLate = performance.now() - beganMs > PEER_RULE.answerMs + LATE_MS;
  const owner = readLockOwner(lock);
  const isItsOwn = answer?.instanceId === instance && (owner === null || answer.pid === owner.pid);
  const pid = owner === null ? (isItsOwn ? answer.pid : null) : isOwnerAlive(owner) ? owner.pid : null;
  const stat = pid === null ? null : readProcStat(pid);
  const given = isItsOwn && stat !== null ? 'given' : 'missing';
  return {
    process: stat === null ? null : { pid: stat.pid, startTicks: stat.startTicks },
    seen: {
      process:
        stat === null
          ? null
          : {
              name: `${String(stat.pid)}:${String(stat.startTicks)}`,
              ageMs: ageOf(stat.startTicks),
              isStopped: stat.state === 'T',
            },
      answer: statusUrl === null ? 'unasked' : given,
      isLate,
    },
  };
}

function ageOf(startTicks: number): number {
  const uptimeSeconds = Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]);
  return (uptimeSeconds - startTicks / CLOCK_TICKS_PER_SECOND) * 1000;
}
