import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readProcStat } from '../../../src/base/proc-stat.ts';
import { becomeSubreaper } from '../../../src/engine/os/subreaper.ts';
import { LaunchRoom, requireLibc } from '../../support/launch-room.ts';
import { waitFor } from '../../support/wait-for.ts';

describe('the child reaper', () => {
  let room: LaunchRoom;

  beforeEach(() => {
    becomeSubreaper(requireLibc());
    room = new LaunchRoom('posix');
  });

  afterEach(() => room.close());

  test('leaves no zombies', async () => {
    const pids = Array.from({ length: 20 }, (_, index) => room.shell(`exit ${String(index)}`));
    for (const pid of pids) await room.death(pid);
    expect(pids.map((pid) => readProcStat(pid))).toEqual(pids.map(() => null));
  });

  test('reports simultaneous exits in one call, each once', async () => {
    const pids = Array.from({ length: 50 }, () => room.shell('read line < fifo'));
    for (const pid of pids) process.kill(-pid, 'SIGSTOP');
    for (const pid of pids) process.kill(-pid, 'SIGKILL');
    await Promise.all(pids.map((pid) => room.death(pid)));
    const told = room.reported.flat().map(({ pid }) => pid);
    expect(told.toSorted()).toEqual(pids.toSorted());
    expect(room.reported.length).toBeLessThan(pids.length);
  });

  test('does not take the exit codes of children started by Node', async () => {
    const crowd = setInterval(() => room.shell('exit 1'), 2);
    const codes = await Promise.all(
      Array.from({ length: 20 }, async (_, code) => {
        const { exitCode } = await execa('/bin/sh', ['-c', `exit ${String(code)}`], { reject: false });
        return exitCode;
      }),
    );
    const children = Array.from({ length: 20 }, (_, code) => spawn('/bin/sh', ['-c', `exit ${String(code + 100)}`]));
    const ends = await Promise.all(children.map((child) => endOf(child)));
    clearInterval(crowd);
    expect(codes).toEqual(Array.from({ length: 20 }, (_, code) => code));
    expect(ends).toEqual(Array.from({ length: 20 }, (_, code) => code + 100));
  });

  test('leaves a child of Node to Node while the engine is busy with other exits', async () => {
    await room.close();
    // What the engine does after exits, such as restarting many programs, takes longer than the grace for Node.
    room = new LaunchRoom('posix', () => spin(() => false, 300));
    const child = spawn('sleep', ['4324']);
    const ended = endOf(child);
    // It exits after Node has looked at its children, and before the reaper looks at all.
    const endChild = (): void => {
      child.kill('SIGKILL');
      spin(() => readProcStat(child.pid ?? 0)?.state === 'Z', 5_000);
    };
    process.prependOnceListener('SIGCHLD', endChild);
    await room.death(room.shell('exit 7'));
    await ended;
    expect(child.signalCode).toBe('SIGKILL');
  });

  test('reports exits while an unknown zombie is not reaped yet', async () => {
    const marker = join(room.folder, 'orphan');
    room.shell(`(sh -c 'echo $$ > ${marker}; exit 5' &) ; exit 0`);
    await waitFor(() => existsSync(marker), 'the orphan to run');
    const pids = Array.from({ length: 30 }, (_, index) => room.shell(`exit ${String(index)}`));
    const codes = await Promise.all(pids.map(async (pid) => (await room.death(pid)).code));
    expect(codes).toEqual(pids.map((_, index) => index));
  });

  test('reaps many orphans at once', async () => {
    const parent = room.shell('for i in $(seq 200); do (sleep 0.2 & echo $!) & done; echo all; sleep 600');
    await room.printed('all');
    process.kill(parent, 'SIGKILL');
    await room.death(parent);
    await waitFor(() => room.stdout().match(/^\d+$/gm)?.length === 200, 'all of them to start');
    const orphans = [...room.stdout().matchAll(/^(\d+)$/gm)].map(([, pid]) => Number(pid));
    await waitFor(() => orphans.every((pid) => readProcStat(pid) === null), 'every orphan to be reaped');
  });

  test('reaps orphans that were re-parented to this process, without reporting them', async () => {
    const parent = room.shell('for i in 1 2 3; do sh -c "echo orphan \\$\\$; kill -STOP \\$\\$" & done; sleep 600');
    await waitFor(() => room.stdout().match(/orphan \d+/g)?.length === 3, 'three children to start');
    const orphans = [...room.stdout().matchAll(/orphan (\d+)/g)].map(([, pid]) => Number(pid));
    process.kill(parent, 'SIGKILL');
    await room.death(parent);
    await waitFor(
      () => orphans.every((pid) => readProcStat(pid)?.parentPid === process.pid),
      'them to be re-parented to this process',
    );
    for (const pid of orphans) process.kill(pid, 'SIGKILL');
    await waitFor(() => orphans.every((pid) => readProcStat(pid) === null), 'every orphan to be reaped');
    expect(room.reported.flat().map(({ pid }) => pid)).toEqual([parent]);
  });
});

/** Blocks this process until the condition holds or the time is over. */
function spin(isOver: () => boolean, ms: number): void {
  const deadline = performance.now() + ms;
  while (!isOver() && performance.now() < deadline);
}

async function endOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}
