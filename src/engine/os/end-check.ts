import { readChildPids } from '../../base/child-pids.ts';
import { isDead, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import { readEnvironmentVariable, readOwnChildren } from './process-table.ts';
import { MARK_VARIABLE } from '../../config/instance/instance-name.ts';
import { sendTo } from './send-signal.ts';

/** The command of a health check, which leads a session. */
export interface CheckCommand {
  readonly pid: number;
  /** False once its exit status was read. */
  readonly isRunning: boolean;
}

/** How the processes of a check are recognized among the children of the engine. */
export interface CheckMembers {
  /** The mark in the environment of its processes. */
  readonly mark: string;
  /** Whether a process without a variable belongs to a check that has ended. */
  readonly isOfCheck: (pid: number) => boolean;
  /** Whether a child is the main process of a program. It is not examined, so that the cost does not grow with the programs. */
  readonly isMain: (pid: number) => boolean;
}

/**
 * Kills the command of a health check and what it started: its process group, its descendants, and those that lost their
 * parent. The kernel makes the latter children of the engine; they are recognized by the session of the command or by its
 * mark. Returns the processes that had lost their parent: what the command left behind.
 */
export function endCheck({ pid, isRunning }: CheckCommand, members: CheckMembers): readonly ProcStat[] {
  const orphans = (readOwnChildren() ?? []).flatMap((child) =>
    child === pid || members.isMain(child) ? [] : (orphanOf(child, pid, members) ?? []),
  );
  // The pid of a command that has exited may belong to another process by now.
  const roots = [...(isRunning ? [pid] : []), ...orphans.map((orphan) => orphan.pid)];
  // Listed before anything is killed, since a parent that dies hands its children to the engine.
  const descendants = roots.flatMap(descendantsOf);
  // The group goes at once: a shell that outlives its child would print that it was killed.
  sendTo(-pid, 'SIGKILL');
  for (const descendant of descendants) sendTo(descendant, 'SIGKILL');
  return orphans.filter((orphan) => sendTo(orphan.pid, 'SIGKILL'));
}

function orphanOf(child: number, leader: number, { mark, isOfCheck }: CheckMembers): ProcStat | null {
  const stat = readProcStat(child);
  if (stat === null || isDead(stat)) return null;
  if (stat.sessionId === leader) return stat;
  const found = readEnvironmentVariable(child, MARK_VARIABLE);
  return found === mark || (found === null && isOfCheck(child)) ? stat : null;
}

function descendantsOf(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Returns no children if the process is gone. */
function childrenOf(pid: number): readonly number[] {
  try {
    return readChildPids(pid);
  } catch {
    return [];
  }
}
