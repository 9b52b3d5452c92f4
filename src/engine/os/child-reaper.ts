import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Libc } from '../../base/libc.ts';
import { isDead, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import type { ChildExit, ChildExits, OrphanExits } from './launcher.ts';
import { readOwnChildren } from './process-table.ts';
import { decodeWaitStatus } from './wait-status.ts';

/** From sys/wait.h; identical on every Linux. */
const P_ALL = 0;
const WNOHANG = 0x1;
const WEXITED = 0x4;
const WNOWAIT = 0x1000000;

/** siginfo_t on 64-bit Linux: the pid is at 16. */
const SIGINFO_BYTES = 128;
const SI_PID = 16;

/** struct rusage on 64-bit Linux: user and system time, each as seconds and microseconds, and other fields. */
const RUSAGE_BYTES = 144;

/** Node publishes each process that it starts here, and reads its status itself. */
const NODE_CHILDREN = 'child_process';

/**
 * An unknown child that exited may have been started by Node without being published (a synchronous call, for example). If
 * it has not been reaped after this time, it is an orphan that was re-parented to the engine.
 */
const NODE_GRACE_MS = 100;

/** Reaps children of the engine and orphans that were re-parented to it. */
export interface ChildReaper {
  /** Reports the exit of this child. */
  expect(pid: number): void;
  close(): void;
}

/**
 * Creates a reaper that waits for any child on SIGCHLD, so that the cost of an exit does not depend on the number of
 * programs. Simultaneous exits are reported together after all were reaped, because respawning a hundred programs at once
 * is faster than alternating between reaping and respawning.
 */
export function createChildReaper(libc: Libc, onExits: ChildExits, onOrphan?: OrphanExits): ChildReaper {
  const expected = new Set<number>();
  const { nextExited, reap } = createWaits(libc);
  const unknown = createUnknownChildren(() => reapUnknown());

  const reapAll = (): void => {
    const exits: ChildExit[] = [];
    for (;;) {
      const pid = nextExited();
      if (pid === 0) break;
      const orphan = expected.has(pid) ? null : unknown.orphanOf(pid);
      if (orphan === null && !expected.has(pid)) {
        // The kernel returns the same child until it is reaped, so the others are waited for one by one.
        exits.push(...reapExpected());
        break;
      }
      if (orphan !== null) {
        reapOrphan(orphan);
        continue;
      }
      const exit = reap(pid);
      if (exit !== null && expected.delete(pid)) exits.push(exit);
    }
    if (exits.length > 0) onExits(exits);
  };

  const reapExpected = (): ChildExit[] => {
    const exits = [...expected].map(reap).filter((exit) => exit !== null);
    for (const { pid } of exits) expected.delete(pid);
    return exits;
  };

  const reapOrphan = ({ pid, sessionId }: ProcStat): void => {
    unknown.forget(pid);
    const { cpuSeconds } = reap(pid) ?? {};
    if (cpuSeconds !== undefined) onOrphan?.({ pid, sessionId, cpuSeconds });
  };

  /** Handles all at once: a killed tree may leave thousands, and checking each on every SIGCHLD would take seconds. */
  const reapUnknown = (): void => {
    unknown.forgetGone();
    for (const child of readOwnChildren() ?? []) {
      const orphan = expected.has(child) ? null : unknown.orphanOf(child);
      if (orphan !== null) reapOrphan(orphan);
    }
    reapAll();
  };

  process.on('SIGCHLD', reapAll);
  return {
    expect: (pid) => expected.add(pid),
    close: () => {
      unknown.close();
      process.off('SIGCHLD', reapAll);
    },
  };
}

/** Exited children that the reaper does not expect: they belong to Node, or were re-parented to the engine. */
interface UnknownChildren {
  /** Returns an exited child that Node did not start, or would have reaped by now; null for any other. */
  orphanOf(pid: number): ProcStat | null;
  forget(pid: number): void;
  forgetGone(): void;
  close(): void;
}

/** @param onRuledOut called when children that may have belonged to Node have to be looked at again */
function createUnknownChildren(onRuledOut: () => void): UnknownChildren {
  /** Children that may belong to Node, with the time when that is ruled out. */
  const deadlines = new Map<number, number>();
  const ofNode = followNodeChildren();
  let retry: NodeJS.Timeout | undefined;
  const lookAgain = (): void => {
    retry = undefined;
    onRuledOut();
  };
  return {
    orphanOf: (pid) => {
      const stat = readProcStat(pid);
      if (stat === null || !isDead(stat)) return null;
      if (!mayBelongToNode(stat)) return stat;
      if (ofNode.has(pid)) return null;
      const now = performance.now();
      const until = deadlines.get(pid) ?? now + NODE_GRACE_MS;
      if (until <= now) return stat;
      deadlines.set(pid, until);
      retry ??= setTimeout(lookAgain, NODE_GRACE_MS).unref();
      return null;
    },
    forget: (pid) => deadlines.delete(pid),
    forgetGone: () => {
      for (const pid of deadlines.keys()) if (readProcStat(pid) === null) deadlines.delete(pid);
    },
    close: () => {
      clearTimeout(retry);
      ofNode.close();
    },
  };
}

/** Knows the children that Node has started and whose exit it has not reported. */
function followNodeChildren(): { readonly has: (pid: number) => boolean; readonly close: () => void } {
  const children = new Set<ChildProcess>();
  const add = (message: unknown): void => {
    const { process: child } = message as { readonly process: ChildProcess };
    children.add(child);
    const forget = (): boolean => children.delete(child);
    child.once('exit', forget);
    child.once('error', forget);
  };
  subscribe(NODE_CHILDREN, add);
  return {
    has: (pid) => [...children].some((child) => child.pid === pid),
    close: () => unsubscribe(NODE_CHILDREN, add),
  };
}

interface Waits {
  /** Returns a child that has exited, without reaping it; 0 if there is none. */
  readonly nextExited: () => number;
  /** Reaps a child, unless it is still running. */
  readonly reap: (pid: number) => ChildExit | null;
}

function createWaits(libc: Libc): Waits {
  const info = Buffer.alloc(SIGINFO_BYTES);
  const status = Buffer.alloc(4);
  const usage = Buffer.alloc(RUSAGE_BYTES);
  return {
    nextExited: () => {
      info.fill(0);
      return libc.call('waitid', P_ALL, 0, info, WNOHANG | WEXITED | WNOWAIT) === 0 ? info.readInt32LE(SI_PID) : 0;
    },
    reap: (pid) =>
      libc.call('wait4', pid, status, WNOHANG, usage) === pid
        ? { pid, status: decodeWaitStatus(status.readInt32LE(0)), cpuSeconds: cpuSecondsOf(usage) }
        : null,
  };
}

const ownSession = readProcStat(process.pid)?.sessionId;

/** A child that Node starts stays in the session of the engine or leads one of its own. */
function mayBelongToNode({ pid, sessionId }: ProcStat): boolean {
  return sessionId === ownSession || sessionId === pid;
}

function cpuSecondsOf(usage: Buffer): number {
  const secondsAt = (offset: number): number =>
    Number(usage.readBigInt64LE(offset)) + Number(usage.readBigInt64LE(offset + 8)) / 1e6;
  return secondsAt(0) + secondsAt(16);
}
