import { describe, expect, test } from 'vitest';
import { describeZombies, whyNotSignaled, type Zombie } from '../../src/policy/zombies.ts';

const ENGINE = { pid: 100, uid: 1000, ancestors: new Set([50, 1]) };

function zombie(changes: Partial<Zombie> = {}): Zombie {
  return {
    pid: 700,
    startTicks: 1,
    name: 'sleep',
    parentPid: 600,
    parentName: 'sh',
    parentUid: 1000,
    isParentKernelThread: false,
    ageMs: 5000,
    program: null,
    ...changes,
  };
}

describe('the parent of a zombie', () => {
  test.each<[string, Partial<Zombie>, string | null]>([
    ["that belongs to the engine's user may be signaled", {}, null],
    ['that belongs to a program may be signaled, regardless of its user', { parentUid: 33, program: 'web' }, null],
    ['that is PID 1 is not signaled', { parentPid: 1 }, 'its parent is PID 1'],
    ['that is PID 1 is not signaled even as a program', { parentPid: 1, program: 'web' }, 'its parent is PID 1'],
    ['that is a kernel thread is not signaled', { isParentKernelThread: true }, 'its parent is a kernel thread'],
    ['that is an ancestor of the engine is not signaled', { parentPid: 50 }, 'its parent is an ancestor of the engine'],
    ['that belongs to another user is not signaled', { parentUid: 0 }, 'its parent belongs to another user'],
    ['that cannot be read is not signaled', { parentUid: null }, 'its parent belongs to another user'],
    ['that is the engine is not signaled', { parentPid: 100 }, 'its parent is the engine, which reaps it'],
  ])('%s', (_, changes, why) => {
    expect(whyNotSignaled(zombie(changes), ENGINE)).toBe(why);
  });
});

test('describes zombies by their parents, at most five of them', () => {
  expect(describeZombies([zombie()])).toBe('1 zombie of "sh" (pid 600)');
  expect(describeZombies([zombie(), zombie(), zombie({ parentPid: 601, parentName: 'make' })])).toBe(
    '3 zombies of "sh" (pid 600), "make" (pid 601)',
  );
  const many = Array.from({ length: 9 }, (_, at) => zombie({ parentPid: 600 + at }));
  expect(describeZombies(many)).toMatch(/^9 zombies of .* and 4 more$/);
});
