import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readProcStat } from '../../../src/base/proc-stat.ts';
import { createProcessTableReader } from '../../../src/engine/os/process-table.ts';
import { createProcessTree } from '../../../src/engine/os/process-tree.ts';
import type { RunIdentity } from '../../../src/engine/os/run-identity.ts';
import { MARK_VARIABLE } from '../../../src/config/instance/instance-name.ts';
import { createRunMarks } from '../../../src/engine/os/run-mark.ts';
import { createDuplicateFinder, type DuplicateQuery } from '../../../src/engine/os/running-duplicates.ts';
import { waitFor } from '../../support/wait-for.ts';

/** A name that no other process on the machine has. */
const NAME = `duplicate${String(process.pid)}`;
const OWN = process.geteuid?.() ?? 0;

describe('a running process of the same name', () => {
  let folder: string;
  const children = new Set<ChildProcess>();

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'healer-duplicates-')));
    copyFileSync('/bin/sleep', join(folder, NAME));
  });

  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await waitFor(
      () => [...children].every(({ exitCode, signalCode }) => (exitCode ?? signalCode) !== null),
      'all to exit',
    );
    children.clear();
    rmSync(folder, { recursive: true });
  });

  function run(
    file: string,
    args: readonly string[],
    options: { env?: NodeJS.ProcessEnv; argv0?: string } = {},
  ): number {
    const env = { PATH: process.env['PATH'] ?? '', ...options.env };
    const child = spawn(file, args, { stdio: 'ignore', cwd: folder, ...options, env });
    children.add(child);
    if (child.pid === undefined) throw new Error(`"${file}" cannot be started`);
    return child.pid;
  }

  function find(query: Partial<DuplicateQuery> = {}, isMain: (pid: number) => boolean = () => false): number[] {
    const now = (): number => performance.now();
    const findDuplicates = createDuplicateFinder(now, createProcessTableReader(now), isMain);
    return findDuplicates({ argv: [NAME], cwd: folder, uid: OWN, ...query }).map(({ pid }) => pid);
  }

  test('is found by its executable or its argv[0], regardless of its arguments', () => {
    const byFile = run(join(folder, NAME), ['600']);
    expect(find()).toEqual([byFile]);
    expect(find({ argv: [`/elsewhere/${NAME}`, '--other'] })).toEqual([byFile]);
    const byTitle = run('/bin/sleep', ['600'], { argv0: `/opt/other${NAME}` });
    expect(find({ argv: [`other${NAME}`] })).toEqual([byTitle]);
  });

  test('is not found by a part of its name, nor for another user', () => {
    run(join(folder, NAME), ['600']);
    expect(find({ argv: [NAME.slice(0, -1)] })).toEqual([]);
    expect(find({ uid: OWN + 4711 })).toEqual([]);
  });

  test('is every match, but only the root of a tree', async () => {
    const one = run(join(folder, NAME), ['600']);
    const two = run(join(folder, NAME), ['600']);
    expect(find().sort()).toEqual([one, two].sort());
    copyFileSync('/bin/sh', join(folder, `sh${NAME}`));
    const root = run(join(folder, `sh${NAME}`), ['-c', `"${join(folder, `sh${NAME}`)}" -c "sleep 600; :" & wait`]);
    await waitFor(() => childrenOf(root).length > 0, 'the child to start');
    expect(find({ argv: [`sh${NAME}`] })).toEqual([root]);
    const descendants = childrenOf(root).flatMap((pid) => [pid, ...childrenOf(pid)]);
    for (const pid of descendants) kill(pid);
  });

  test('is never managed by a healer, by its mark or as a main process', () => {
    run(join(folder, NAME), ['600'], { env: { [MARK_VARIABLE]: 'somebody:else:1' } });
    expect(find()).toEqual([]);
    const free = run(join(folder, NAME), ['600']);
    expect(find()).toEqual([free]);
    expect(find({}, (pid) => pid === free)).toEqual([]);
  });

  test('is never the engine or one of its ancestors', () => {
    const argv = [process.execPath, ...process.argv.slice(1)];
    expect(find({ argv, cwd: process.cwd() })).not.toContain(process.pid);
  });

  test('must have the same arguments and working folder if it is an interpreter', () => {
    const script = ['-e', `setInterval(() => '${NAME}', 1000)`];
    const pid = run(process.execPath, script);
    expect(find({ argv: ['node', ...script] })).toEqual([pid]);
    expect(find({ argv: ['node', ...script], cwd: '/' })).toEqual([]);
    expect(find({ argv: ['node', '-e', 'other'] })).toEqual([]);
    expect(find({ argv: ['node'] })).not.toContain(pid);
  });

  test('is signaled with its descendants, but not with the group that it shares', async () => {
    const shell = run('/bin/sh', ['-c', `"${join(folder, NAME)}" 600 & sleep 600 & wait`]);
    const pid = await waitFor(() => find()[0], 'the program to start');
    const bystander = childrenOf(shell).find((child) => child !== pid);
    const tree = createProcessTree({
      readTable: createProcessTableReader(() => performance.now()),
      marks: createRunMarks(folder),
      isMain: () => false,
      hasProc: true,
    });
    const run1: RunIdentity = {
      id: 'a',
      run: 1,
      pid,
      startTicks: readProcStat(pid)?.startTicks ?? null,
      isUnmanaged: true,
    };
    expect(tree.isAlive(run1)).toBe(true);
    tree.kill(run1);
    await waitFor(() => !tree.isAlive(run1), 'the program to exit');
    expect(tree.hasLeftovers(run1, true)).toBe(false);
    expect([shell, bystander].map((alive) => readProcStat(Number(alive))?.state)).not.toContain('Z');
    if (bystander !== undefined) kill(bystander);
  });
});

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has exited with its parent.
  }
}

function childrenOf(pid: number): number[] {
  const now = (): number => performance.now();
  return createProcessTableReader(now)(0)
    .childrenOf(pid)
    .map((stat) => stat.pid);
}
