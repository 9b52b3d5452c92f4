import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readProcStat } from '../../../src/base/proc-stat.ts';
import { createProcessTableReader } from '../../../src/engine/os/process-table.ts';
import { createProcessTree, type ProcessTree } from '../../../src/engine/os/process-tree.ts';
import { MARK_VARIABLE } from '../../../src/config/instance/instance-name.ts';
import { createOwnerIdOf, createRunMarks } from '../../../src/engine/os/run-mark.ts';
import { becomeSubreaper } from '../../../src/engine/os/subreaper.ts';
import { endSwarm } from '../../../src/engine/os/swarm.ts';
import { LaunchRoom, requireLibc } from '../../support/launch-room.ts';
import { markedProcesses } from '../../support/marked-processes.ts';
import { waitFor } from '../../support/wait-for.ts';

/** Shell scripts that fork until a limit, then sleep for a minute. */
const KINDS: readonly (readonly [kind: string, script: string])[] = [
  ['wide', 'i=0; while [ $i -lt 150 ]; do sleep 60 & i=$((i+1)); done; wait'],
  ['deep', 'f() { if [ $1 -gt 0 ]; then f $(($1-1)) & f $(($1-1)) & fi; sleep 60; }; f 6'],
  [
    'double-forking',
    'f() { i=0; while [ $i -lt 50 ]; do setsid sh -c "sleep 60 & sleep 60 & exit" & i=$((i+1)); done; }; f; sleep 60',
  ],
];

describe('a tree that forks while it is killed', () => {
  let room: LaunchRoom;
  let tree: ProcessTree;
  let mark = '';

  beforeEach(() => {
    becomeSubreaper(requireLibc());
    room = new LaunchRoom('posix');
    const marks = createRunMarks(room.folder);
    mark = `${MARK_VARIABLE}=${marks.markOf('bomb', 1)}`;
    tree = createProcessTree({
      readTable: createProcessTableReader(() => performance.now()),
      marks,
      isMain: () => false,
      hasProc: true,
    });
  });

  afterEach(() => room.close());

  function start(script: string) {
    const env = [mark, `PATH=${process.env['PATH'] ?? ''}`];
    const pid = room.launch({ file: '/bin/sh', argv: ['sh', '-c', script], env });
    return { id: 'bomb', run: 1, pid, startTicks: readProcStat(pid)?.startTicks ?? null };
  }

  test.each(KINDS)('%s: all processes are killed, including those forked in the meantime', async (_, script) => {
    const run = start(script);
    await waitFor(() => markedProcesses(mark).length > 20, 'the tree to grow');
    tree.kill(run);
    await waitFor(() => markedProcesses(mark).length === 0, 'all processes to exit');
    await room.death(run.pid);
  });

  test('unrelated processes are neither stopped nor killed', async () => {
    const run = start('sleep 60 & sleep 60');
    const other = room.shell('sleep 60 & sleep 60');
    const marks = createOwnerIdOf(createRunMarks(room.folder));
    expect(endSwarm(run, null, (pid) => marks(pid) === 'bomb')).toBe(true);
    expect(markedProcesses(mark)).toEqual([]);
    // D occurs while the shell forks on a busy machine; T and t mean stopped, Z and X mean dead.
    expect(readProcStat(other)?.state).toMatch(/^[RSDI]$/);
  });

  test('a process that merely reuses the pid is not killed', async () => {
    const run = start('exec sleep 60');
    await waitFor(() => markedProcesses(mark).length === 1, 'the process to start');
    expect(endSwarm({ ...run, startTicks: Number(run.startTicks) - 1 }, null, () => false)).toBe(true);
    expect(markedProcesses(mark)).toHaveLength(1);
  });
});
