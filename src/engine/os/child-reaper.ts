import { constants as os } from 'node:os';
import type { ExitStatus } from '../../protocol/run.ts';
import type { Libc } from '../../base/libc.ts';
import { isDead, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import type { ChildExits } from './launcher.ts';
import { readOwnChildren } from './process-table.ts';

/** From sys/wait.h; the same on every Linux. */
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
 * A dead child that is not ours may be Node's own (a tool that was run), whose status Node wants to read itself.
 * If it is still there after this, it is an orphan that was re-parented to us.
 */
const FOREIGN_GRACE_MS = 100;

const SIGNAL_NAMES = new Map(Object.entries(os.signals).map(([name, number]) => [number, name]));

interface Death {
  readonly pid: number;
  readonly status: ExitStatus;
}

/** Reaps our children as they die, each with one system call, and orphans that the kernel gave us. */
export interface ChildReaper {
  expect(pid: number): void;
  close(): void;
}

/**
 * Asks the kernel for any dead child on SIGCHLD, so that a death costs the same whether one program runs or a
 * thousand. Deaths that came together are told together, after all of them were reaped: respawning a hundred in one
 * go is faster than respawning each between two reapings.
 */
export function createChildReaper(libc: Libc, onExits: ChildExits): ChildReaper {
  const expected = new Set<number>();
  const info = Buffer.alloc(SIGINFO_BYTES);
  /** Dead strangers by pid, with the time until which they may be Node's. */
  const strangers = new Map<number, number>();
  let retry: NodeJS.Timeout | undefined;

  const wait = (type: number, pid: number, options: number): number => {
    info.fill(0);
    return libc.call('waitid', type, pid, info, options) === 0 ? info.readInt32LE(SI_PID) : 0;
  };

  const reap = (pid: number): Death | null =>
    wait(P_PID, pid, WNOHANG | WEXITED) === pid ? { pid, status: readStatus(info) } : null;

  const reapAll = (): void => {
    const deaths: Death[] = [];
    for (;;) {
      const pid = wait(P_ALL, 0, WNOHANG | WEXITED | WNOWAIT);
      if (pid === 0) break;
      if (!expected.has(pid) && !isOrphan(pid)) {
        // The kernel names the same one again until somebody reaps it, so the rest is asked for one by one.
        deaths.push(...reapExpected());
        break;
      }
      const death = reap(pid);
      strangers.delete(pid);
      if (death !== null && expected.delete(pid)) deaths.push(death);
    }
    if (deaths.length > 0) onExits(deaths);
  };

  const reapExpected = (): Death[] => {
    const deaths = [...expected].map(reap).filter((death) => death !== null);
    for (const { pid } of deaths) expected.delete(pid);
    return deaths;
  };

  /** A dead child that Node did not start, or that it would have reaped by now. */
  const isOrphan = (pid: number): boolean => {
    const stat = readProcStat(pid);
    if (stat === null || !isDead(stat)) return false;
    if (!mayBeNodes(stat)) return true;
    const now = performance.now();
    const until = strangers.get(pid) ?? now + FOREIGN_GRACE_MS;
    if (until <= now) return true;
    strangers.set(pid, until);
    retry ??= setTimeout(reapStrangers, FOREIGN_GRACE_MS).unref();
    return false;
  };

  /** All of them together: a dead tree may leave thousands, and looking at each at every SIGCHLD would take seconds. */
  const reapStrangers = (): void => {
    retry = undefined;
    for (const pid of strangers.keys()) if (readProcStat(pid) === null) strangers.delete(pid);
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

/** What Node starts stays in our session or leads one of its own. */
function mayBeNodes({ pid, sessionId }: ProcStat): boolean {
  return sessionId === ownSession || sessionId === pid;
}

function readStatus(info: Buffer): ExitStatus {
  const how = info.readInt32LE(SI_CODE);
  const status = info.readInt32LE(SI_STATUS);
  if (how === CLD_EXITED) return { code: status, signal: null, coreDumped: false };
  const signal = SIGNAL_NAMES.get(status) ?? `signal ${String(status)}`;
  return { code: null, signal, coreDumped: how === CLD_DUMPED };
}
