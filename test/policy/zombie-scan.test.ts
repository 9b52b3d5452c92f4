import { describe, expect, test } from 'vitest';
import { alertOf } from '../../src/policy/alerts/alert-of.ts';
import { describeScan, type JudgedZombie, type ZombieScan } from '../../src/policy/zombie-scan.ts';

function zombie(pid: number, changes: Partial<JudgedZombie> = {}): JudgedZombie {
  return {
    pid,
    startTicks: 1,
    name: 'sleep',
    parentPid: 600,
    parentName: 'sh',
    parentUid: 1000,
    isParentKernelThread: false,
    ageMs: 5000,
    program: null,
    untouched: null,
    ...changes,
  };
}

function scan(changes: Partial<ZombieScan>): ZombieScan {
  return { cleaned: [], left: [], responses: new Map(), mayAct: true, patienceMs: 5000, ...changes };
}

const LATE = 'not reaped within 5 s of SIGCHLD to its parent';

describe('the result of a zombie', () => {
  test.each<[string, Partial<JudgedZombie>, Partial<ZombieScan>, string]>([
    ['is late if its parent was signaled', {}, {}, LATE],
    [
      'names why the parent was left alone',
      { untouched: 'its parent is PID 1' },
      {},
      'parent not signaled (its parent is PID 1)',
    ],
    ['names the pause of healing', {}, { mayAct: false }, 'parent not signaled (healing is paused or in observe mode)'],
    [
      'names the restarted program',
      { program: 'web' },
      { responses: new Map([['web', 'restarted']]) },
      `${LATE}; program "web" is restarted`,
    ],
    [
      'names what observe mode prevented',
      { program: 'web' },
      { responses: new Map([['web', 'would restart']]) },
      `${LATE}; program "web" would be restarted if healing were active`,
    ],
  ])('%s', (_, changes, found, result) => {
    const { data } = describeScan(scan({ left: [zombie(7, changes)], ...found }));
    expect(data.zombies.map((each) => each.result)).toEqual([result]);
  });
});

test('one event lists the zombies of all parents with the results, and counts what it does not list', () => {
  const left = Array.from({ length: 60 }, (_, at) => zombie(at + 10, { parentPid: 600 + at, parentName: `p${at}` }));
  const { reason, data } = describeScan(scan({ left, cleaned: [zombie(5, { parentPid: 9, parentName: 'make' })] }));
  expect(data.count).toBe(61);
  expect(data.zombies).toHaveLength(50);
  expect(reason).toBe(
    `60 zombies of "p0" (pid 600), "p1" (pid 601), "p2" (pid 602), "p3" (pid 603), "p4" (pid 604) and 55 more: ${LATE}; ` +
      '1 zombie of "make" (pid 9) reaped after SIGCHLD',
  );
});

test('the same reason is given once, followed by what is done about programs', () => {
  const left = [zombie(7, { program: 'web' }), zombie(8, { program: 'db', parentPid: 601 }), zombie(9)];
  const { reason } = describeScan(scan({ left, responses: new Map([['db', 'restarted']]) }));
  expect(reason).toBe(`3 zombies of "sh" (pid 600), "sh" (pid 601): ${LATE}; program "db" is restarted`);
});

test('the alert names pid, parent, program and result of each zombie', () => {
  const found = scan({
    left: [zombie(7, { program: 'web' })],
    cleaned: [zombie(8, { parentPid: 9, parentName: 'make' })],
  });
  const { reason, data } = describeScan(found);
  const event = {
    seq: 1,
    time: '2026-01-01T00:00:00.000Z',
    kind: 'zombies-found',
    process: null,
    pid: null,
    reason,
  } as const;
  expect(alertOf({ ...event, data }, null)?.facts).toEqual([
    ['Count', '2'],
    ['Zombie 7', `sleep, parent sh (pid 600, program "web"): ${LATE}`],
    ['Zombie 8', 'sleep, parent make (pid 9): reaped after SIGCHLD'],
  ]);
  expect(alertOf({ ...event, data: { ...data, count: 5 } }, null)?.facts.at(-1)).toEqual(['More zombies', '3']);
  expect(alertOf({ ...event, data: { ...data, quiet: true } }, null)).toBeNull();
});
