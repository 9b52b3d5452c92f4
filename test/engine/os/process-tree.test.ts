import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive } from '../../../src/base/process-liveness.ts';
import { readProcStat } from '../../../src/base/proc-stat.ts';
import { createProcessTableReader } from '../../../src/engine/os/process-table.ts';
import { createProcessTree, type ProcessTree } from '../../../src/engine/os/process-tree.ts';
import type { RunIdentity } from '../../../src/engine/os/run-identity.ts';
import { MARK_VARIABLE } from '../../../src/config/instance/instance-name.ts';
import { createRunMarks } from '../../../src/engine/os/run-mark.ts';
import { becomeSubreaper } from '../../../src/engine/os/subreaper.ts';
import { FIXTURE_PROGRAMS, LaunchRoom, requireLibc } from '../../support/launch-room.ts';
import { waitFor } from '../../support/wait-for.ts';

const LEVELS = 3;

describe.each([
  ['found by descent', true],
  ['found in the process table', false],
])('the tree of a program, %s', (_how, isSubreaper) => {
  let room: LaunchRoom;
  let tree: ProcessTree;
  const family = new Set<number>();

  beforeEach(() => {
    becomeSubreaper(requireLibc());
    room = new LaunchRoom('posix');
    const reader = createProcessTableReader(() => performance.now());
    tree = createProcessTree({
      readTable: reader,
      marks: createRunMarks(room.folder),
      isMain: () => false,
      hasProc: true,
      isSubreaper,
    });
  });

  afterEach(async () => {
    for (const pid of family) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    family.clear();
    await room.close();
  });

  function identify(pid: number): RunIdentity {
    return { id: 'web', run: 1, pid, startTicks: readProcStat(pid)?.startTicks ?? null };
  }

  function markOf(runNumber: number): string {
    return `${MARK_VARIABLE}=${createRunMarks(room.folder).markOf('web', runNumber)}`;
  }

  /** Starts three levels of processes, each in its own session. Returns the pids from the root down. */
  async function startFamily(runNumber = 1): Promise<number[]> {
    const file = join(room.folder, `family-${String(runNumber)}`);
    const argv = ['node', join(FIXTURE_PROGRAMS, 'deep-family.mjs'), String(LEVELS), file];
    room.launch({ file: process.execPath, argv, env: [markOf(runNumber)] });
    const pids = await waitFor(() => membersIn(file), 'the complete tree to start');
    for (const pid of pids) family.add(pid);
    return pids;
  }

  test('a kill includes members in sessions of their own', async () => {
    const pids = await startFamily();
    tree.kill(identify(Number(pids[0])));
    await waitFor(() => pids.every((pid) => !isAlive(pid)), 'all members to exit');
  });

  test('a descendant without the session and the mark of the run is known after a signal has ended its parents', async () => {
    const file = join(room.folder, 'stray');
    const script = `env -i setsid sh -c 'echo $$ > "${file}"; exec sleep 200411' & exec sleep 200412`;
    const pid = room.launch({ file: '/bin/sh', argv: ['sh', '-c', script], env: [markOf(1), 'PATH=/usr/bin:/bin'] });
    family.add(pid);
    const stray = await waitFor(() => Number(readText(file)) || null, 'the descendant to start');
    family.add(stray);
    const run = identify(pid);
    tree.signal(run, 'SIGTERM', 'main');
    await waitFor(() => !isAlive(pid), 'the main process to exit');
    expect(tree.hasLeftovers(run, true)).toBe(true);
    expect(tree.leftovers(run).map((each) => each.pid)).toEqual([stray]);
    tree.kill(run);
    await waitFor(() => !isAlive(stray), 'the descendant to exit');
    expect(tree.hasLeftovers(run, true)).toBe(false);
  });

  test('a signal reaches every level', async () => {
    const pids = await startFamily();
    const run = identify(Number(pids[0]));
    tree.signal(run, 'SIGSTOP', 'tree');
    await waitFor(() => pids.every((pid) => readProcStat(pid)?.state === 'T'), 'all members to stop');
    expect(tree.isStopped(run)).toBe(true);
    tree.signal(run, 'SIGCONT', 'tree');
    await waitFor(() => pids.every((pid) => readProcStat(pid)?.state !== 'T'), 'all members to continue');
  });

  test.each([
    ['main', ['main']],
    ['group', ['main', 'member']],
    ['outside-group', ['other']],
    ['tree', ['main', 'member', 'other']],
  ] as const)('a signal to %s reaches %j', async (to, expected) => {
    const main = room.shell('sleep 600 & echo member $!; setsid sleep 600 & echo other $!; wait');
    await room.printed('other');
    const pidOf = (name: string): number => Number(new RegExp(`${name} (\\d+)`).exec(room.stdout())?.[1]);
    const pids = { main, member: pidOf('member'), other: pidOf('other') };
    for (const pid of Object.values(pids)) family.add(pid);
    await waitFor(() => readProcStat(pids.other)?.sessionId === pids.other, 'the other session');
    const stopped = (): string[] =>
      Object.entries(pids).flatMap(([name, pid]) => (readProcStat(pid)?.state === 'T' ? [name] : []));
    tree.signal(identify(main), 'SIGSTOP', to);
    await waitFor(() => stopped().length === expected.length, 'the receivers to stop');
    expect(stopped()).toEqual(expected);
    tree.kill(identify(main));
  });

  test('a process that outlives the main process in another session is found by its mark and killed', async () => {
    const [root = 0, ...others] = await startFamily();
    const run = identify(root);
    process.kill(root, 'SIGKILL');
    await room.death(root);
    expect(tree.isAlive(run)).toBe(false);
    await waitFor(() => tree.hasLeftovers(run, true), 'the leftovers to be found');
    tree.kill(run);
    await waitFor(() => others.every((pid) => !isAlive(pid)), 'the leftovers to exit');
    await waitFor(() => !tree.hasLeftovers(run, true), 'no leftovers');
  });

  test('leftovers of an earlier run are found, processes of a later run are not', async () => {
    const [root = 0] = await startFamily(2);
    process.kill(root, 'SIGKILL');
    await room.death(root);
    const absent = { id: 'web', pid: root, startTicks: 1 };
    await waitFor(() => tree.hasLeftovers({ ...absent, run: 3 }, true), 'the earlier run to be found');
    expect(tree.hasLeftovers({ ...absent, run: 1 }, true)).toBe(false);
    tree.kill({ ...absent, run: 3 });
  });

  test('a member of the group is found as a leftover without a thorough search', async () => {
    const root = room.shell('sleep 600 & echo child $!; wait');
    await room.printed('child');
    const child = Number(/child (\d+)/.exec(room.stdout())?.[1]);
    family.add(child);
    const run = identify(root);
    process.kill(root, 'SIGKILL');
    await room.death(root);
    expect(tree.hasLeftovers(run, false)).toBe(true);
    tree.kill(run);
    await waitFor(() => !tree.hasLeftovers(run, false), 'the group to be empty');
  });

  test('never signals a process with another start time', async () => {
    const root = room.shell('sleep 600');
    const run = identify(root);
    const impostor = { ...run, startTicks: Number(run.startTicks) - 1 };
    expect(tree.isAlive(run)).toBe(true);
    expect(tree.isAlive(impostor)).toBe(false);
    tree.signal(impostor, 'SIGTERM', 'tree');
    tree.kill(impostor);
    const witness = room.shell('exit 0');
    await room.death(witness);
    expect(tree.isAlive(run)).toBe(true);
    expect(room.reported.flat()).toHaveLength(1);
  });

  test('signals no process if the program is gone', async () => {
    const root = room.shell('exit 0');
    const run = identify(root);
    await room.death(root);
    tree.signal(run, 'SIGTERM', 'tree');
    tree.kill(run);
    expect(tree.hasLeftovers(run, true)).toBe(false);
  });

  test('does not signal the main processes of other programs', async () => {
    const other = room.launch({ file: '/bin/sh', argv: ['sh', '-c', 'sleep 600'], env: [markOf(1)] });
    const reader = createProcessTableReader(() => performance.now());
    const guarded = createProcessTree({
      readTable: reader,
      marks: createRunMarks(room.folder),
      isMain: (pid) => pid === other,
      hasProc: true,
    });
    const gone = { id: 'web', run: 5, pid: 2 ** 22 - 1, startTicks: 1 };
    guarded.kill(gone);
    expect(guarded.hasLeftovers(gone, true)).toBe(false);
    expect(isAlive(other)).toBe(true);
  });
});

function membersIn(file: string): number[] | null {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const byLevel = lines.map((line) => line.split(' ').map(Number)).sort(([, a = 0], [, b = 0]) => b - a);
  return byLevel.length === LEVELS ? byLevel.map(([pid = 0]) => pid) : null;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
