import { readChildPids } from '../../base/child-pids.ts';
import { readProcStat } from '../../base/proc-stat.ts';
import { readEnvironmentVariable, readOwnChildren } from './process-table.ts';
import { MARK_VARIABLE } from './run-mark.ts';
import { sendTo } from './send-signal.ts';

/** The command of a health check, which leads a session. */
export interface CheckCommand {
  readonly pid: number;
  /** False once its exit status was read. */
  readonly isRunning: boolean;
}

/**
 * Kills what the command of a health check started: its descendants, and those that lost their parent. The kernel makes the
 * latter children of the engine; they are recognized by the session of the command or by its mark.
 */
export function endCheck({ pid, isRunning }: CheckCommand, mark: string): void {
  const orphans = (readOwnChildren() ?? []).filter((child) => child !== pid && isOfCheck(child, pid, mark));
  // The pid of a command that has exited may belong to another process by now.
  for (const root of isRunning ? [pid, ...orphans] : orphans) killDescendants(root);
  for (const orphan of orphans) sendTo(orphan, 'SIGKILL');
}

function isOfCheck(child: number, leader: number, mark: string): boolean {
  return readProcStat(child)?.sessionId === leader || readEnvironmentVariable(child, MARK_VARIABLE) === mark;
}

/** Children first: a parent that dies hands them to the engine. */
function killDescendants(pid: number): void {
  for (const child of childrenOf(pid)) {
    killDescendants(child);
    sendTo(child, 'SIGKILL');
  }
}

/** Returns no children if the process is gone. */
function childrenOf(pid: number): readonly number[] {
  try {
    return readChildPids(pid);
  } catch {
    return [];
  }
}
