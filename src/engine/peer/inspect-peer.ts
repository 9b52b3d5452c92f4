import { readFileSync } from 'node:fs';
import { isOwnerAlive, readLockOwner } from '../../base/lock-owner.ts';
import type { ExactIdentity, ProcessIdentity } from '../../base/process-identity.ts';
import { CLOCK_TICKS_PER_SECOND, readProcStat } from '../../base/proc-stat.ts';
import type { Paths } from '../../config/instance/paths.ts';
import { PEER_RULE, type PeerSight } from '../../policy/peer-watch.ts';
import { askSocket } from './ask-socket.ts';
import { askStatus } from './ask-status.ts';

export interface PeerLook {
  readonly process: ExactIdentity | null;
  readonly seen: Pick<PeerSight, 'process' | 'answer' | 'isLate'>;
}

/** A check that takes this much longer than its timeout means that this engine or the machine was blocked. */
const LATE_MS = 1_000;

/** An engine that may be the peer, as it described itself. */
interface Claim {
  readonly instance: string | null;
  readonly pid: number | null;
}

/**
 * Checks a peer by pid and over its Unix socket. The status URL is only asked if the socket cannot be reached, and only
 * its positive answer counts: other users can keep HTTP from answering. If the lock does not name its owner, because the
 * disk was full when it was written, the engine that responds is taken as the owner.
 */
export async function inspectPeer(
  { instance, lock, socket }: Pick<Paths, 'instance' | 'lock' | 'socket'>,
  statusUrl: string | null,
): Promise<PeerLook> {
  const { answer, claim, isLate } = await ask(socket, statusUrl);
  const owner = readLockOwner(lock);
  const isItsOwn = claim !== null && isClaimOf(claim, instance, owner);
  const pid = owner === null ? (isItsOwn ? claim.pid : null) : isOwnerAlive(owner) ? owner.pid : null;
  const stat = pid === null ? null : readProcStat(pid);
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
      answer: isItsOwn && stat !== null ? 'given' : answer,
      isLate,
    },
  };
}

interface Asked {
  /** What it means if the claim is not that of the peer. */
  readonly answer: 'missing' | 'unreachable';
  readonly claim: Claim | null;
  readonly isLate: boolean;
}

async function ask(socket: string, statusUrl: string | null): Promise<Asked> {
  const beganMs = performance.now();
  const heard = await askSocket(socket, PEER_RULE.answerMs);
  const isLate = performance.now() - beganMs > PEER_RULE.answerMs + LATE_MS;
  if (heard.kind === 'answered') return { answer: 'missing', claim: heard, isLate };
  if (heard.kind === 'silent') return { answer: 'missing', claim: null, isLate };
  const status = statusUrl === null ? null : await askStatus(statusUrl, PEER_RULE.answerMs);
  const claim = status === null ? null : { instance: status.instanceId, pid: status.pid };
  return { answer: 'unreachable', claim, isLate };
}

/** Whether the engine that answered is the peer. One of another version does not name itself, but owns the socket. */
function isClaimOf({ instance, pid }: Claim, wanted: string, owner: ProcessIdentity | null): boolean {
  if (instance === null || pid === null) return owner !== null;
  return instance === wanted && (owner === null || pid === owner.pid);
}

function ageOf(startTicks: number): number {
  const uptimeSeconds = Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]);
  return (uptimeSeconds - startTicks / CLOCK_TICKS_PER_SECOND) * 1000;
}
