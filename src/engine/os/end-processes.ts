import { isDead, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import { signalExactly } from './send-signal.ts';

const GRACE_MS = 1_000;
const POLL_MS = 10;

/** Sends SIGTERM to processes, and SIGKILL to those still alive a second later. Resolves once they are gone, or after 2 s. */
export async function endProcesses(processes: readonly Pick<ProcStat, 'pid' | 'startTicks'>[]): Promise<void> {
  for (const target of processes) {
    signalExactly(target, 'SIGTERM');
    // A stopped process handles SIGTERM only after SIGCONT.
    signalExactly(target, 'SIGCONT');
  }
  await waitUntilGone(processes, GRACE_MS);
  for (const target of processes) signalExactly(target, 'SIGKILL');
  await waitUntilGone(processes, GRACE_MS);
}

async function waitUntilGone(
  processes: readonly Pick<ProcStat, 'pid' | 'startTicks'>[],
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline && processes.some(isAlive)) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function isAlive({ pid, startTicks }: Pick<ProcStat, 'pid' | 'startTicks'>): boolean {
  const stat = readProcStat(pid);
  return stat?.startTicks === startTicks && !isDead(stat);
}
