import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProcStat } from '../../../src/base/proc-stat.ts';
import type { KnownProcess } from '../../../src/engine/sampling/known-process.ts';
import { TreeForest } from '../../../src/engine/sampling/tree-forest.ts';

type Facts = Pick<ProcStat, 'pid' | 'parentPid'> & Partial<ProcStat>;

function known(facts: Facts): KnownProcess {
  const stat: ProcStat = {
    name: 'x',
    state: 'S',
    groupId: 0,
    sessionId: 0,
    cpuTicks: 0,
    waitedTicks: 0,
    startTicks: 0,
    rssPages: 1,
    threads: 1,
    ...facts,
  };
  return { stat, firstSeenMs: 0, owner: null, countedTicks: 0, isNear: false, isSettled: false, seenInTick: 1 };
}

/** Returns an index of these processes, all seen for the first time. */
function machine(...all: Facts[]) {
  const byPid = new Map(all.map((facts) => [facts.pid, known(facts)]));
  const forest = new TreeForest({ get: (pid) => byPid.get(pid), all: () => byPid.values() });
  const membersOf = (id: string): number[] =>
    [...(forest.get(id)?.members ?? [])].map((member) => member.stat.pid).sort((a, b) => a - b);
  return { byPid, forest, membersOf };
}

const root = (id: string, pid: number) => ({ id, pid, startTicks: null });

test('an orphan of an unseen parent belongs to the program that its mark names, with its children', () => {
  const found = [
    { pid: 10, parentPid: process.pid },
    { pid: 30, parentPid: process.pid, sessionId: 30 },
    { pid: 31, parentPid: 30, sessionId: 30 },
    { pid: 40, parentPid: process.pid, sessionId: 40 },
    { pid: 50, parentPid: 49, sessionId: 50 },
  ].map(known);
  const byPid = new Map(found.map((process) => [process.stat.pid, process]));
  const ownerIdOf = (pid: number): string | null => (pid === 40 ? 'gone' : 'a');
  const forest = new TreeForest({ get: (pid) => byPid.get(pid), all: () => byPid.values() }, ownerIdOf);
  forest.update([root('a', 10)], found);
  expect([...(forest.get('a')?.members ?? [])].map(({ stat }) => stat.pid)).toEqual([10, 30, 31]);
});

test('a process belongs to the root above it, at any distance', () => {
  const { byPid, forest, membersOf } = machine(
    { pid: 40, parentPid: 30 },
    { pid: 30, parentPid: 20 },
    { pid: 20, parentPid: 10 },
    { pid: 10, parentPid: 1 },
    { pid: 50, parentPid: 1 },
  );
  forest.update([root('a', 10)], byPid.values());
  expect(membersOf('a')).toEqual([10, 20, 30, 40]);
});

describe('a process without a root among its ancestors', () => {
  test('belongs to the root of its session', () => {
    const { byPid, forest, membersOf } = machine({ pid: 10, parentPid: 1 }, { pid: 20, parentPid: 1, sessionId: 10 });
    forest.update([root('a', 10)], byPid.values());
    expect(membersOf('a')).toEqual([10, 20]);
  });

  test('belongs to the root of its process group', () => {
    const { byPid, forest, membersOf } = machine({ pid: 10, parentPid: 1 }, { pid: 20, parentPid: 1, groupId: 10 });
    forest.update([root('a', 10)], byPid.values());
    expect(membersOf('a')).toEqual([10, 20]);
  });

  test('stays in its tree after its parent exited, with its new children', () => {
    const { byPid, forest, membersOf } = machine({ pid: 10, parentPid: 1 }, { pid: 20, parentPid: 10 });
    forest.update([root('a', 10)], byPid.values());
    const orphan = byPid.get(20)!;
    orphan.stat = { ...orphan.stat, parentPid: 1 };
    const child = known({ pid: 30, parentPid: 20 });
    byPid.set(30, child);
    forest.update([root('a', 10)], [child]);
    expect(membersOf('a')).toEqual([10, 20, 30]);
    byPid.set(11, known({ pid: 11, parentPid: 1 }));
    forest.update([root('a', 10), root('b', 11)], []);
    expect(membersOf('a')).toEqual([10, 20, 30]);
  });
});

test('a tree is removed if another process reuses the pid of its root, and leftover processes belong to no program', () => {
  const { byPid, forest, membersOf } = machine({ pid: 10, parentPid: 1 }, { pid: 20, parentPid: 1, sessionId: 9 });
  forest.update([{ id: 'a', pid: 10, startTicks: 0 }], byPid.values());
  byPid.set(10, known({ pid: 10, parentPid: 1, startTicks: 77 }));
  expect(forest.get('a')).toBeUndefined();
  forest.update([{ id: 'a', pid: 10, startTicks: 0 }], [byPid.get(10)!]);
  expect(forest.get('a')).toBeUndefined();
  forest.update([{ id: 'a', pid: 10, startTicks: 77 }], []);
  expect(membersOf('a')).toEqual([10]);
});

test('a restarted program has only its own processes', () => {
  const { byPid, forest, membersOf } = machine(
    { pid: 10, parentPid: 1 },
    { pid: 15, parentPid: 1, sessionId: 10 },
    { pid: 20, parentPid: 1 },
  );
  forest.update([root('a', 10)], byPid.values());
  expect(membersOf('a')).toEqual([10, 15]);
  forest.update([root('a', 20)], []);
  expect(membersOf('a')).toEqual([20]);
});

test('a cycle of parents, caused by reused pids, terminates', () => {
  const { byPid, forest, membersOf } = machine(
    { pid: 10, parentPid: 30 },
    { pid: 20, parentPid: 10 },
    { pid: 30, parentPid: 20 },
    { pid: 40, parentPid: 40 },
  );
  forest.update([root('a', 10)], byPid.values());
  expect(membersOf('a')).toEqual([10, 20, 30]);
});

test('a chain of a hundred thousand processes is followed', () => {
  const chain = Array.from({ length: 100_000 }, (_, index) => ({ pid: index + 10, parentPid: index + 9 })).reverse();
  const { byPid, forest, membersOf } = machine(...chain);
  forest.update([root('a', 10)], byPid.values());
  expect(membersOf('a')).toHaveLength(100_000);
});

test('each process has the owner found among its ancestors, regardless of the order of processes and roots', () => {
  const parents = fc.array(fc.nat(11), { minLength: 12, maxLength: 12 });
  const rounds = fc.array(fc.uniqueArray(fc.nat(11), { maxLength: 5 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(parents, rounds, (parentPicks, rootPicks) => {
      // Parents have lower numbers, so there are no cycles; 99 does not exist.
      const facts = parentPicks.map((pick, pid) => ({ pid: pid + 100, parentPid: pick < pid ? pick + 100 : 99 }));
      const { byPid, forest, membersOf } = machine(...facts);
      for (const [round, picks] of rootPicks.entries()) {
        const roots = picks.map((pick) => root(`root-${pick + 100}`, pick + 100));
        forest.update(roots, round === 0 ? byPid.values() : []);
        const expectedOwner = (pid: number): number | null => {
          if (picks.includes(pid - 100)) return pid;
          const parentPid = byPid.get(pid)?.stat.parentPid ?? 99;
          return parentPid === 99 ? null : expectedOwner(parentPid);
        };
        for (const { id, pid: rootPid } of roots) {
          const expected = [...byPid.keys()].filter((pid) => expectedOwner(pid) === rootPid);
          expect(membersOf(id)).toEqual(expected.sort((a, b) => a - b));
        }
      }
    }),
  );
});
