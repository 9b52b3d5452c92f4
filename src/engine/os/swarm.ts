import { closeSync, openSync, readSync } from 'node:fs';
import { hasStartTime } from '../../base/process-identity.ts';
import { isDead, listPids, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import type { RunIdentity } from './run-identity.ts';
import { sendTo, signalExactly } from './send-signal.ts';

/** How long the engine does nothing else. What still lives then is hunted again when the stop's timer runs out. */
const PATIENCE_MS = 2_000;
/** Between two listings, the newest pids are looked at directly so many times: nothing may fork unseen meanwhile. */
const CHASES = 300;

/** Whether a process whose parent is gone says that it belongs to the run. */
export type IsEscaped = (pid: number, run: RunIdentity) => boolean;

/**
 * Ends a tree that forks faster than a table of processes can be read. First everything is frozen, the newest first
 * and each as soon as it is seen: what stands still forks no more, and keeps its place under a limit of processes,
 * which a dead one would free for the next. Then all of it is killed. Done in one go, without giving way to anything.
 *
 * @returns whether nothing of it lives any more
 */
export function endSwarm(run: RunIdentity, isEscaped: IsEscaped): boolean {
  const deadline = performance.now() + PATIENCE_MS;
  const newest = new NewestPid();
  try {
    do {
      const swarm = new Swarm(run, isEscaped);
      if (!freeze(swarm, newest, deadline)) continue;
      if (swarm.members.size === 0) return true;
      swarm.kill();
    } while (performance.now() < deadline);
    return false;
  } finally {
    newest.close();
  }
}

/** True when a whole listing showed nobody new. */
function freeze(swarm: Swarm, newest: NewestPid, deadline: number): boolean {
  while (performance.now() < deadline) {
    const before = newest.read();
    const found = swarm.meetAll(listPids().reverse());
    const after = chase(swarm, newest, before);
    if (found === 0 && !after) return true;
  }
  return false;
}

/** Looks at the pids that were given out since; true when some were the swarm's. */
function chase(swarm: Swarm, newest: NewestPid, since: number): boolean {
  let seen = since;
  let hasFound = false;
  for (let round = 0; round < CHASES; round++) {
    const last = newest.read();
    // Pids begin anew at the largest one; the next listing finds what came then.
    const fresh = Array.from({ length: Math.max(0, last - seen) }, (_, at) => last - at);
    if (swarm.meetAll(fresh) > 0) hasFound = true;
    else if (round > 0 && fresh.length === 0) return hasFound;
    seen = last;
  }
  return hasFound;
}

/** The members that were met, each frozen. */
class Swarm {
  readonly members = new Map<number, ProcStat>();
  readonly #strangers = new Set<number>();
  readonly #run: RunIdentity;
  readonly #isEscaped: IsEscaped;
  /** Else its pid has passed to another, and says nothing as the name of a group. */
  readonly #isRootOurs: boolean;
  #found = 0;

  constructor(run: RunIdentity, isEscaped: IsEscaped) {
    this.#run = run;
    this.#isEscaped = isEscaped;
    const root = readProcStat(run.pid);
    this.#isRootOurs = root === null || hasStartTime(run, root);
  }

  /** Freezes those of them that are members and were not met before; gives how many. */
  meetAll(pids: readonly number[]): number {
    const undecided: ProcStat[] = [];
    for (const pid of pids) {
      if (pid === process.pid || this.members.has(pid) || this.#strangers.has(pid)) continue;
      const stat = readProcStat(pid);
      if (stat === null || isDead(stat)) continue;
      if (!this.#meet(stat)) undecided.push(stat);
    }
    return this.#settle(undecided);
  }

  kill(): void {
    for (const member of this.members.values()) signalExactly(member, 'SIGKILL');
  }

  #meet(stat: ProcStat): boolean {
    if (!this.#isMember(stat)) return false;
    sendTo(stat.pid, 'SIGSTOP');
    this.members.set(stat.pid, stat);
    this.#found++;
    return true;
  }

  /** Who was listed before its parent is a member when the parent turned out to be one. */
  #settle(undecided: readonly ProcStat[]): number {
    let left = undecided;
    for (;;) {
      const before = left.length;
      left = left.filter((stat) => !this.#meet(stat));
      if (left.length === before) break;
    }
    for (const { pid } of left) this.#strangers.add(pid);
    const found = this.#found;
    this.#found = 0;
    return found;
  }

  #isMember(stat: ProcStat): boolean {
    const { pid, parentPid, groupId, sessionId } = stat;
    const rootPid = this.#run.pid;
    if (this.#isRootOurs && [pid, groupId, sessionId].includes(rootPid)) return true;
    if (this.members.has(parentPid) || this.members.has(groupId) || this.members.has(sessionId)) return true;
    return (parentPid === process.pid || parentPid === 1) && this.#isEscaped(pid, this.#run);
  }
}

/** The pid that was given out last: the fifth word of /proc/loadavg. */
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
