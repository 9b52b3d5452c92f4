import { signalName } from '../../base/signal-names.ts';
import type { ExitStatus } from '../../protocol/run.ts';
import type { Libc } from '../../base/libc.ts';
import { isDead, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import type { ChildExits } from './launcher.ts';
import { readOwnChildren } from './process-table.ts';

/** From sys/wait.h; identical on every Linux. */
const P_ALL = 0;
const P_PID = 1;
const WNOHANG = 0x1;
const WEXITED = 0x4;
const WNOWAIT = 0x1000000;

/** si_code of SIGCHLD, from asm-generic/siginfo.h. */
const CLD_EXITED = 1;
const CLD_DUMPED = 3;

/** siginfo_t on 64-bit Linux: code at 8, then after padding pid at 16 and status at 24. */
const SIGINFO_BYTES = 128;
const SI_CODE = 8;
const SI_PID = 16;
const SI_STATUS = 24;

/**
 * An unknown child that exited may have been started by Node (a tool, for example), which reads its status itself. If it
 * has not been reaped after this time, it is an orphan that was re-parented to the engine.
 */
const NODE_GRACE_MS = 100;

interface Exit {
  readonly pid: number;
  readonly status: ExitStatus;
}

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
export function createChildReaper(libc: Libc, onExits: ChildExits): ChildReaper {
  const expected = new Set<number>();
  const info = Buffer.alloc(SIGINFO_BYTES);
  /** Exited children that may belong to Node, with the time when that is ruled out. */
  const unknown = new Map<number, number>();
  let retry: NodeJS.Timeout | undefined;

  const wait = (type: number, pid: number, options: number): number => {
    info.fill(0);
    return libc.call('waitid', type, pid, info, options) === 0 ? info.readInt32LE(SI_PID) : 0;
  };

  const reap = (pid: number): Exit | null =>
    wait(P_PID, pid, WNOHANG | WEXITED) === pid ? { pid, status: readStatus(info) } : null;

  const reapAll = (): void => {
    const exits: Exit[] = [];
    for (;;) {
      const pid = wait(P_ALL, 0, WNOHANG | WEXITED | WNOWAIT);
      if (pid === 0) break;
      if (!expected.has(pid) && !isOrphan(pid)) {
        // The kernel returns the same child until it is reaped, so the others are waited for one by one.
        exits.push(...reapExpected());
        break;
      }
      const exit = reap(pid);
      unknown.delete(pid);
      if (exit !== null && expected.delete(pid)) exits.push(exit);
    }
    if (exits.length > 0) onExits(exits);
  };

  const reapExpected = (): Exit[] => {
    const exits = [...expected].map(reap).filter((exit) => exit !== null);
    for (const { pid } of exits) expected.delete(pid);
    return exits;
  };

  /** Returns whether Node did not start an exited child, or would have reaped it by now. */
  const isOrphan = (pid: number): boolean => {
    const stat = readProcStat(pid);
    if (stat === null || !isDead(stat)) return false;
    if (!mayBelongToNode(stat)) return true;
    const now = performance.now();
    const until = unknown.get(pid) ?? now + NODE_GRACE_MS;
    if (until <= now) return true;
    unknown.set(pid, until);
    retry ??= setTimeout(reapUnknown, NODE_GRACE_MS).unref();
    return false;
  };

  /** Handles all at once: a killed tree may leave thousands, and checking each on every SIGCHLD would take seconds. */
  const reapUnknown = (): void => {
    retry = undefined;
    for (const pid of unknown.keys()) if (readProcStat(pid) === null) unknown.delete(pid);
    for (const child of readOwnChildren() ?? []) if (!expected.has(child) && isOrphan(child)) reap(child);
    reapAll();
  };

  process.on('SIGCHLD', reapAll);
  return {
    expect: (pid) => expected.add(pid),
    close: () => {
      clearTimeout(retry);
      process.off('SIGCHLD', reapAll);
    },
  };
}

const ownSession = readProcStat(process.pid)?.sessionId;

/** A child that Node starts stays in the session of the engine or leads one of its own. */
function mayBelongToNode({ pid, sessionId }: ProcStat): boolean {
  return sessionId === ownSession || sessionId === pid;
}

function readStatus(info: Buffer): ExitStatus {
  const code = info.readInt32LE(SI_CODE);
  const status = info.readInt32LE(SI_STATUS);
  if (code === CLD_EXITED) return { code: status, signal: null, coreDumped: false };
  return { code: null, signal: signalName(status), coreDumped: code === CLD_DUMPED };
}
