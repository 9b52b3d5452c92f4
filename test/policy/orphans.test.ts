import { describe, expect, test } from 'vitest';
import type { ExactIdentity } from '../../src/base/process-identity.ts';
import { type Candidate, judgeTracked, type Tracked, whyNotTracked } from '../../src/policy/orphans.ts';

const CHILD: Tracked = {
  pid: 20,
  startTicks: 2,
  name: 'worker',
  parent: { pid: 10, startTicks: 1, name: 'sh' },
  trackedAt: '2026-11-21T09:00:00.000Z',
};

/** Returns a check that knows these processes as alive. */
function machine(...living: readonly ExactIdentity[]) {
  return ({ pid, startTicks }: ExactIdentity): boolean =>
    living.some((each) => each.pid === pid && each.startTicks === startTicks);
}

describe('a tracked process', () => {
  const child = { pid: 20, startTicks: 2 };
  const parent = { pid: 10, startTicks: 1 };
  test.each([
    ['is watched while its parent is alive', [child, parent], 'watch'],
    ['is terminated when its parent is gone', [child], 'end'],
    ['is terminated when the pid of its parent was reused', [child, { pid: 10, startTicks: 99 }], 'end'],
    ['is forgotten when it has exited', [parent], 'forget'],
    ['is forgotten when its own pid was reused', [{ pid: 20, startTicks: 99 }], 'forget'],
  ] as const)('%s', (_, living, verdict) => {
    expect(judgeTracked(CHILD, machine(...living))).toBe(verdict);
  });
});

describe('what cannot be tracked', () => {
  const candidate: Candidate = { pid: 20, parentPid: 10, program: null, isKernelThread: false, mayBeSignaled: true };
  const engine = { pid: 5, ancestors: new Set([1, 4]) };
  test.each<[Partial<Candidate>, string | null]>([
    [{}, null],
    [{ isKernelThread: true }, 'it is a kernel thread'],
    [{ pid: 5 }, 'it is the engine'],
    [{ pid: 4 }, 'it is an ancestor of the engine'],
    [{ program: 'web' }, 'it is the program "web", which healer manages'],
    [{ mayBeSignaled: false }, 'the engine is not allowed to signal it; run healer as its user'],
    [{ parentPid: 1 }, 'its parent is PID 1, so it is already an orphan'],
  ])('%o: %s', (changes, why) => {
    expect(whyNotTracked({ ...candidate, ...changes }, engine)).toBe(why);
  });
});
