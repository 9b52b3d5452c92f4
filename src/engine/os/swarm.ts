import { closeSync, openSync, readSync } from 'node:fs';
import { hasStartTime } from '../../base/process-identity.ts';
import { isDead, listPids, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import type { RunIdentity } from './run-identity.ts';
import { sendTo, signalExactly } from './send-signal.ts';

/** How long the engine is blocked at most. Processes that are still alive are killed again after the stop timeout. */
const MAX_BLOCK_MS = 2_000;
/** How often the newest pids are checked between two listings, so that no fork goes unnoticed. */
const CHASE_ROUNDS = 300;

/** Returns whether an orphan carries the mark of the run. */
export type IsEscaped = (pid: number, run: RunIdentity) => boolean;

/**
 * Kills a tree that forks faster than the process table can be read. First all processes are stopped, the newest first and
 * each as soon as it is found: a stopped process does not fork, and it still counts towards the limit on processes,
 * while a killed one would make room for a new one. Then all are killed. This blocks the engine for up to 2 s.
 *
 * @param sessionId the session of the run, unless its main process leads it
 * @returns whether all processes of the tree are gone
 */
export function endSwarm(run: RunIdentity, sessionId: number | null, isEscaped: IsEscaped): boolean {
  const deadline = performance.now() + MAX_BLOCK_MS;
  const newest = new NewestPid();
  try {
    do {
      const swarm = new Swarm(run, sessionId, isEscaped);
      if (!freeze(swarm, newest, deadline)) continue;
      if (swarm.members.size === 0) return true;
      swarm.kill();
    } while (performance.now() < deadline);
    return false;
  } finally {
    newest.close();
  }
}

/** Stops all members. Returns true once a complete listing contains no new member. */
function freeze(swarm: Swarm, newest: NewestPid, deadline: number): boolean {
  while (performance.now() < deadline) {
    const newestPid = newest.read();
    const found = swarm.stopMembers(listPids().reverse());
    const hasForked = chase(swarm, newest, newestPid);
    if (found === 0 && !hasForked) return true;
  }
  return false;
}

/** Checks the pids that were assigned since. Returns whether any belongs to the swarm. */
function chase(swarm: Swarm, newest: NewestPid, since: number): boolean {
  let seen = since;
  let hasFound = false;
  for (let round = 0; round < CHASE_ROUNDS; round++) {
    const last = newest.read();
    // When pids wrap around, the next listing finds the new processes.
    const fresh = Array.from({ length: Math.max(0, last - seen) }, (_, at) => last - at);
    if (swarm.stopMembers(fresh) > 0) hasFound = true;
    else if (round > 0 && fresh.length === 0) return hasFound;
    seen = last;
  }
  return hasFound;
}

/** The members found so far, all of them stopped. */
class Swarm {
  readonly members = new Map<number, ProcStat>();
  readonly #unrelated = new Set<number>();
  readonly #run: RunIdentity;
  readonly #sessionId: number | null;
  readonly #isEscaped: IsEscaped;
  /** False if the pid of the run was reused, so that it does not identify a group. */
  readonly #isRootOurs: boolean;
  #found = 0;

  constructor(run: RunIdentity, sessionId: number | null, isEscaped: IsEscaped) {
    this.#run = run;
    this.#sessionId = sessionId;
    this.#isEscaped = isEscaped;
    const root = readProcStat(run.pid);
    this.#isRootOurs = root === null || hasStartTime(run, root);
  }

  /** Stops the new members among some pids, and returns their number. */
  stopMembers(pids: readonly number[]): number {
    const undecided: ProcStat[] = [];
    for (const pid of pids) {
      if (pid === process.pid || this.members.has(pid) || this.#unrelated.has(pid)) continue;
      const stat = readProcStat(pid);
      if (stat === null || isDead(stat)) continue;
      if (!this.#stopIfMember(stat)) undecided.push(stat);
    }
    return this.#settle(undecided);
  }

  kill(): void {
    for (const member of this.members.values()) signalExactly(member, 'SIGKILL');
  }

  #stopIfMember(stat: ProcStat): boolean {
    if (!this.#isMember(stat)) return false;
    sendTo(stat.pid, 'SIGSTOP');
    this.members.set(stat.pid, stat);
    this.#found++;
    return true;
  }

  /** A process that was listed before its parent is a member if the parent turned out to be one. */
  #settle(undecided: readonly ProcStat[]): number {
    let left = undecided;
    for (;;) {
      const previousCount = left.length;
      left = left.filter((stat) => !this.#stopIfMember(stat));
      if (left.length === previousCount) break;
    }
    for (const { pid } of left) this.#unrelated.add(pid);
    const found = this.#found;
    this.#found = 0;
    return found;
  }

  #isMember(stat: ProcStat): boolean {
    const { pid, parentPid, groupId, sessionId } = stat;
    const rootPid = this.#run.pid;
    if (this.#isRootOurs && [pid, groupId, sessionId].includes(rootPid)) return true;
    if (sessionId === this.#sessionId) return true;
    if (this.members.has(parentPid) || this.members.has(groupId) || this.members.has(sessionId)) return true;
    return (parentPid === process.pid || parentPid === 1) && this.#isEscaped(pid, this.#run);
  }
}

/** Reads the most recently assigned pid, the fifth word of /proc/loadavg. */
class NewestPid {
  readonly #fd = openSync('/proc/loadavg', 'r');
  readonly #buffer = Buffer.alloc(128);

  read(): number {
    const line = this.#buffer.toString('latin1', 0, readSync(this.#fd, this.#buffer, 0, this.#buffer.length, 0));
    return Number(line.slice(line.lastIndexOf(' ') + 1));
  }

  close(): void {
    closeSync(this.#fd);
  }
}
