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

/** A check that takes this much longer than its timeout means that this engine or the machine was blocked. */
const LATE_MS = 1_000;

/**
 * Checks a peer by pid and over HTTP. If the lock does not name its owner, because the disk was full when it was written,
 * the engine that responds is taken as the owner.
 */
export async function inspectPeer(
  instance: string,
  lock: string,
  note: Pick<StartNote, 'statusUrl' | 'pid'>,
): Promise<PeerLook> {
  const beganMs = performance.now();
  const named = readLockOwner(lock);
  // A note by a previous engine does not contain the URL of this one.
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
