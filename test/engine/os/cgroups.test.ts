import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readProcStat } from '../../../src/base/proc-stat.ts';
import { Cgroups, openCgroups } from '../../../src/engine/os/cgroups.ts';
import { waitFor } from '../../support/wait-for.ts';

describe('the files of cgroups, in a folder that represents the hierarchy', () => {
  let base = '';

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'healer-cgroup-'));
  });

  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const put = (path: string, content = ''): void => {
    mkdirSync(join(base, path, '..'), { recursive: true });
    writeFileSync(join(base, path), content);
  };
  const get = (path: string): string => readFileSync(join(base, path), 'utf8');

  test('enables the controllers for limits at the top of the hierarchy without moving a process', () => {
    put('cgroup.controllers', 'cpu io memory pids\n');
    expect(new Cgroups(base, 'healer').controllers).toEqual(['memory', 'pids']);
    expect(get('cgroup.subtree_control')).toBe('+memory +pids');
    expect(get('healer/cgroup.subtree_control')).toBe('+memory +pids');
    expect(existsSync(join(base, 'healer/engine'))).toBe(false);
  });

  test('moves the engine to a leaf first if it is in the delegating cgroup', () => {
    put('cgroup.controllers', 'pids\n');
    put('cgroup.type', 'domain\n');
    put('cgroup.procs', `${String(process.pid)}\n`);
    expect(new Cgroups(base, 'healer').controllers).toEqual(['pids']);
    expect(get('healer/engine/cgroup.procs')).toBe(String(process.pid));
  });

  test('works without limits if there are no controllers', () => {
    expect(new Cgroups(base, 'healer').controllers).toEqual([]);
  });

  test('moves a process into the cgroup of its program, with the limits set earlier', () => {
    const cgroups = new Cgroups(base, 'healer');
    for (const file of ['memory.max', 'memory.oom.group', 'pids.max']) put(`healer/program.web/${file}`);
    cgroups.limit('web', { memoryBytes: 1000, tasks: 50 });
    cgroups.place('web', process.pid, readProcStat(process.pid)?.startTicks ?? null);
    cgroups.settle();
    expect(cgroups.holds('web')).toBe(true);
    expect(get('healer/program.web/cgroup.procs')).not.toBe('');
    expect(get('healer/program.web/memory.max')).toBe('1000');
    expect(get('healer/program.web/memory.oom.group')).toBe('1');
    expect(get('healer/program.web/pids.max')).toBe('50');
    cgroups.limit('web', { memoryBytes: null, tasks: null });
    expect(get('healer/program.web/memory.max')).toMatch(/^max/);
    expect(get('healer/program.web/pids.max')).toMatch(/^max/);
  });

  test('counts anonymous and shared memory, not cached files, and only if all processes are in the cgroup', () => {
    put('cgroup.controllers', 'memory\n');
    const cgroups = new Cgroups(base, 'healer');
    cgroups.place('web', process.pid, readProcStat(process.pid)?.startTicks ?? null);
    cgroups.settle();
    expect(cgroups.memoryOf('web', new Set([process.pid]))).toBeNull();
    put('healer/program.web/memory.stat', 'anon 1000\nfile 70000\nkernel 8\nshmem 200\ninactive_anon 5\n');
    expect(cgroups.memoryOf('web', new Set([process.pid]))).toBe(1200);
    expect(cgroups.memoryOf('web', new Set([process.pid, 1]))).toBeNull();
    expect(cgroups.memoryOf('db', new Set([process.pid]))).toBeNull();
  });

  test('moves a process at once if it follows another move closely', async () => {
    const cgroups = new Cgroups(base, 'healer');
    const startTicks = readProcStat(process.pid)?.startTicks ?? null;
    let tries = 0;
    const isThereAtOnce = (): boolean => {
      const [before, after] = [`web-${String(tries)}`, `db-${String(tries++)}`];
      cgroups.place(before, process.pid, startTicks);
      cgroups.settle();
      cgroups.place(after, process.pid, startTicks);
      return cgroups.holds(after);
    };
    await waitFor(isThereAtOnce, 'a move right after another one');
  });

  test('does not move a process that merely reuses the pid', () => {
    const cgroups = new Cgroups(base, 'healer');
    cgroups.place('web', process.pid, 1);
    cgroups.settle();
    expect(cgroups.holds('web')).toBe(false);
  });

  test('includes members of nested cgroups, and kills all with one write', () => {
    const cgroups = new Cgroups(base, 'healer');
    cgroups.place('web', process.pid, readProcStat(process.pid)?.startTicks ?? null);
    cgroups.settle();
    put('healer/program.web/cgroup.procs', '12\n13\n');
    put('healer/program.web/own/deeper/cgroup.procs', '14\n');
    put('healer/program.web/cgroup.events', 'populated 1\nfrozen 0\n');
    put('healer/program.web/cgroup.kill');
    expect(cgroups.membersOf('web')).toEqual([12, 13, 14]);
    expect(cgroups.isPopulated('web')).toBe(true);
    cgroups.kill('web');
    expect(get('healer/program.web/cgroup.kill')).toBe('1');
  });

  test('returns no members for a program without a cgroup', () => {
    const cgroups = new Cgroups(base, 'healer');
    cgroups.kill('web');
    cgroups.adopt('web', process.pid);
    expect([cgroups.holds('web'), cgroups.membersOf('web'), cgroups.isPopulated('web')]).toEqual([false, [], false]);
  });

  test('explains why cgroups are not available', () => {
    expect(openCgroups('healer', { HEALER_NO_CGROUP: '1' })).toEqual({
      cgroups: null,
      problem: 'HEALER_NO_CGROUP=1 is set',
    });
  });
});
