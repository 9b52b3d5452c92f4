import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { isStillAlive, type ProcStat, readProcStat } from '../../../src/base/proc-stat.ts';
import { DaemonSessions } from '../../../src/engine/os/daemon-sessions.ts';
import type { RunIdentity } from '../../../src/engine/os/run-identity.ts';
import { waitFor } from '../../support/wait-for.ts';

const started: number[] = [];
afterEach(() => {
  for (const pid of started.splice(0)) process.kill(pid, 'SIGKILL');
});

/** Starts a process in the background of a shell with a session of its own, which then exits or waits. */
async function daemon(then = 'exit'): Promise<ProcStat> {
  const shell = spawn('sh', ['-c', `sleep 1000 >/dev/null & echo $!; ${then}`], { detached: true });
  const [line] = (await once(shell.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  started.push(pid);
  const leader = shell.pid ?? 0;
  if (then === 'exit') await waitFor(() => readProcStat(leader) === null, 'the leader of the session to exit');
  const stat = readProcStat(pid);
  if (stat === null) throw new Error('the daemon has exited');
  expect(stat.sessionId).toBe(leader);
  return stat;
}

const runOf = ({ pid, startTicks }: ProcStat, changes: Partial<RunIdentity> = {}): RunIdentity => {
  return { id: 'daemon', run: 1, pid, startTicks, ...changes };
};

test.each(['exit', 'wait'])(
  'the session of a daemon is known if its leader does %s, and after the daemon has exited',
  async (then) => {
    const stat = await daemon(then);
    const sessions = new DaemonSessions();
    expect(sessions.of(runOf(stat))).toBeNull();
    sessions.note(runOf(stat));
    expect(sessions.of(runOf(stat))).toBe(stat.sessionId);
    process.kill(stat.pid, 'SIGKILL');
    await waitFor(() => !isStillAlive(stat), 'the daemon to exit');
    started.length = 0;
    expect(sessions.of(runOf(stat))).toBe(stat.sessionId);
  },
);

test.each<[string, Partial<RunIdentity>]>([
  ['another program', { id: 'other' }],
  ['another process', { pid: 1 }],
  ['another process with the same pid', { startTicks: 1 }],
])('the session of a daemon is not that of %s', async (_what, changes) => {
  const stat = await daemon();
  const sessions = new DaemonSessions();
  sessions.note(runOf(stat));
  expect(sessions.of(runOf(stat, changes))).toBeNull();
});

test.each<[string, (stat: ProcStat) => RunIdentity]>([
  ['an unmanaged process, which shares it with others', (stat) => runOf(stat, { isUnmanaged: true })],
  ['a process that has the pid of an earlier one', (stat) => runOf(stat, { startTicks: stat.startTicks - 1 })],
  ['a process that leads its session', ({ sessionId }) => runOf(readProcStat(sessionId)!)],
  ['a process in the session of the engine', () => runOf(readProcStat(process.pid)!)],
])('no session is noted for %s', async (_what, run) => {
  const stat = await daemon('wait');
  const sessions = new DaemonSessions();
  sessions.note(run(stat));
  expect(sessions.of(run(stat))).toBeNull();
});

test('the session of an earlier main process is forgotten', async () => {
  const [first, second] = [await daemon(), await daemon()];
  const sessions = new DaemonSessions();
  sessions.note(runOf(first));
  sessions.note(runOf(second));
  expect(sessions.of(runOf(first))).toBeNull();
  expect(sessions.of(runOf(second))).toBe(second.sessionId);
});
