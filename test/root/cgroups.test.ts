import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readProcStat } from '../../src/base/proc-stat.ts';
import { type Cgroups, openCgroups } from '../../src/engine/os/cgroups.ts';
import { createProcessTableReader } from '../../src/engine/os/process-table.ts';
import { createProcessTree } from '../../src/engine/os/process-tree.ts';
import { MARK_VARIABLE } from '../../src/config/instance/instance-name.ts';
import { createRunMarks } from '../../src/engine/os/run-mark.ts';
import { becomeSubreaper } from '../../src/engine/os/subreaper.ts';
import { LaunchRoom, requireLibc } from '../support/launch-room.ts';
import { markedProcesses } from '../support/marked-processes.ts';
import { waitFor } from '../support/wait-for.ts';

describe('a real cgroup', () => {
  function open(): Cgroups {
    const opened = openCgroups(`healer-test-${String(process.pid)}`, {});
    if (opened.cgroups === null) throw new Error(opened.problem);
    const { cgroups } = opened;
    onTestFinished(async () => {
      await waitFor(() => (cgroups.close(), !existsSync(cgroups.folder)), 'its cgroups to be removed');
    });
    return cgroups;
  }

  test('contains a daemon without any other link to its program, and kills it with the program', async () => {
    becomeSubreaper(requireLibc());
    const room = new LaunchRoom('posix');
    const cgroups = open();
    const reader = createProcessTableReader(() => performance.now());
    const tree = createProcessTree({
      readTable: reader,
      marks: createRunMarks(room.folder),
      isMain: () => false,
      hasProc: true,
      containment: cgroups,
    });
    const daemon = 'setsid env -i TRACE=$$ sleep 60 &';
    const script = `read line < fifo; (${daemon}) ; sleep 0.1; exit 0`;
    const fifo = room.launch({ file: '/usr/bin/mkfifo', argv: ['mkfifo', 'fifo'] });
    await room.death(fifo);
    const mark = `${MARK_VARIABLE}=none`;
    const env = [mark, `PATH=${process.env['PATH'] ?? ''}`];
    const pid = room.launch({ file: '/bin/sh', argv: ['sh', '-c', script], env });
    const run = { id: 'web', run: 1, pid, startTicks: readProcStat(pid)?.startTicks ?? null };
    cgroups.place('web', pid, run.startTicks);
    cgroups.settle();
    expect(cgroups.membersOf('web')).toEqual([pid]);
    writeFileSync(join(room.folder, 'fifo'), 'go\n');
    await room.death(pid);
    expect(tree.hasLeftovers(run, false)).toBe(true);
    const left = cgroups.membersOf('web');
    expect(left).toHaveLength(1);
    tree.kill(run);
    await waitFor(() => !tree.hasLeftovers(run, true), 'no leftovers');
    expect(markedProcesses(mark)).toEqual([]);
    await waitFor(() => left.every((each) => readProcStat(each) === null), 'the daemon to be reaped');
    await room.close();
  });

  test('moves children that were forked before the move', async () => {
    const room = new LaunchRoom('posix');
    const cgroups = open();
    const pid = room.shell('sleep 60 & sleep 60 & echo ready; wait');
    await room.printed('ready');
    cgroups.place('web', pid, readProcStat(pid)?.startTicks ?? null);
    cgroups.settle();
    expect(cgroups.membersOf('web')).toHaveLength(3);
    await room.close();
  });

  test('is found by the next engine, which ignores processes in other cgroups', async () => {
    const room = new LaunchRoom('posix');
    const first = open();
    const [inside, outside] = [room.shell('exec sleep 60'), room.shell('exec sleep 60')];
    first.place('web', inside, readProcStat(inside)?.startTicks ?? null);
    first.settle();
    const next = open();
    next.adopt('web', inside);
    next.adopt('other', outside);
    expect(next.membersOf('web')).toEqual([inside]);
    expect(next.holds('other')).toBe(false);
    next.kill('web');
    await room.death(inside);
    await room.close();
  });
});
