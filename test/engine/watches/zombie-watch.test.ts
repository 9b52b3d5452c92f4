import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/engine/core/clock.ts';
import type { ManagedProgram } from '../../../src/engine/core/managed-program.ts';
import { createProcessTableReader } from '../../../src/engine/os/process-table.ts';
import { ZombieWatch } from '../../../src/engine/watches/zombie-watch.ts';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import { runOf } from '../../../src/policy/lifecycle/state.ts';
import { TestEngine } from '../../support/test-engine.ts';
import { waitFor } from '../../support/wait-for.ts';

/** Reaps on SIGCHLD, except for the signal that the exit of its child causes. */
const FORGETFUL = `use POSIX ":sys_wait_h"; if (fork == 0) { exit } select(undef, undef, undef, 0.3);
  $SIG{CHLD} = sub { 1 while waitpid(-1, WNOHANG) > 0 }; syswrite STDOUT, "ready"; sleep 600 while 1;`;
const CARELESS = 'sleep 0.05 & exec sleep 600';

describe('the zombie watch', () => {
  const started: ChildProcess[] = [];
  let told: { kind: string; reason: string; data: Readonly<Record<string, unknown>> }[] = [];
  let facts: { id: string; fact: Fact }[] = [];
  let program: { pid: number; entry: ManagedProgram } | null = null;

  beforeEach(() => {
    told = [];
    facts = [];
    program = null;
  });

  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  function start(command: string, ...args: readonly string[]): number {
    const child = spawn(command, args, { stdio: 'ignore' });
    started.push(child);
    return child.pid ?? 0;
  }

  async function startForgetful(): Promise<number> {
    const child = spawn('perl', ['-e', FORGETFUL], { stdio: ['ignore', 'pipe', 'ignore'] });
    started.push(child);
    await once(child.stdout, 'data');
    return child.pid ?? 0;
  }

  function watch({ mayAct = true, intervalSeconds = 300 } = {}): ZombieWatch {
    return new ZombieWatch({
      engine: {
        findByPid: (pid) => (program?.pid === pid ? program.entry : undefined),
        post: (id, fact) => void facts.push({ id, fact }),
        get programs() {
          return new Map(program === null ? [] : [[program.entry.id, program.entry]]);
        },
      },
      clock: systemClock,
      records: {
        announce: (kind, reason, data) => void told.push({ kind, reason, data: { ...data } }),
      },
      readTable: createProcessTableReader(() => performance.now()),
      intervalSeconds: () => intervalSeconds,
      mayAct: () => mayAct,
    });
  }

  async function zombieOf(zombies: ZombieWatch, parent: number) {
    return waitFor(() => zombies.list().find(({ parentPid }) => parentPid === parent), 'the zombie');
  }

  const ofParent = (parent: number) => (each: { readonly parentPid: number }) => each.parentPid === parent;

  test('lists a zombie with its parent, its age and its program', async () => {
    const zombies = watch();
    const parent = start('sh', '-c', CARELESS);
    const it = new TestEngine();
    it.add();
    program = { pid: parent, entry: it.entry() };
    expect(await zombieOf(zombies, parent)).toMatchObject({ name: 'sleep', program: 'web', untouched: null });
  });

  test('makes a parent that handles SIGCHLD reap its zombies', async () => {
    const zombies = watch();
    const parent = await startForgetful();
    await zombieOf(zombies, parent);
    const { cleaned, left } = await zombies.clean();
    expect([cleaned.filter(ofParent(parent)).length, left.filter(ofParent(parent)).length]).toEqual([1, 0]);
    expect(told.map(({ kind }) => kind)).toContain('zombies-cleaned');
  });

  test('reports remaining zombies once: those of a program as a fact, others as an event', async () => {
    const zombies = watch();
    const [parent, other] = [start('sh', '-c', CARELESS), start('sh', '-c', CARELESS)];
    const it = new TestEngine();
    it.run();
    program = { pid: parent, entry: it.entry() };
    const [own, foreign] = [await zombieOf(zombies, parent), await zombieOf(zombies, other)];
    const [first, same] = await Promise.all([zombies.clean(), zombies.clean()]);
    expect(same).toBe(first);
    expect(first.left.map(({ pid }) => pid)).toEqual(expect.arrayContaining([own.pid, foreign.pid]));
    const story = `1 zombie of "sleep" (pid ${String(parent)}) not reaped`;
    expect(facts).toEqual([
      { id: 'web', fact: { kind: 'zombiesNotReaped', of: runOf(it.program().state), pids: [own.pid], story } },
    ]);
    expect(told.filter(({ kind }) => kind === 'zombies-found')).toHaveLength(1);
    await zombies.clean();
    expect(facts).toHaveLength(1);
    expect(told.filter(({ kind }) => kind === 'zombies-found')).toHaveLength(1);
  });

  test('reports a scan once, with the zombies of all parents and what became of each', async () => {
    const zombies = watch();
    const parents = Array.from({ length: 5 }, () => start('sh', '-c', CARELESS));
    const tidy = await startForgetful();
    const found = [];
    for (const parent of [...parents, tidy]) found.push(await zombieOf(zombies, parent));
    await zombies.clean();
    const events = told.filter(({ kind }) => kind === 'zombies-found');
    expect(events).toHaveLength(1);
    const listed = events[0]?.data['zombies'] as {
      pid: number;
      parentPid: number;
      parentName: string;
      result: string;
    }[];
    for (const { pid, parentPid, parentName } of found) {
      const result = parentPid === tidy ? 'reaped after SIGCHLD' : 'not reaped within 5 s of SIGCHLD to its parent';
      expect(listed).toContainEqual(expect.objectContaining({ pid, parentPid, parentName, result }));
    }
  });

  test('sends no signal while healing is paused, but still reports zombies', async () => {
    const zombies = watch({ mayAct: false, intervalSeconds: 0 });
    const parent = await startForgetful();
    const { pid } = await zombieOf(zombies, parent);
    zombies.tick();
    expect(told.map(({ kind }) => kind)).toEqual(['zombies-found']);
    expect(zombies.list().map((each) => each.pid)).toContain(pid);
  });
});
