import { describe, expect, test } from 'vitest';
import { MainPids } from '../../../src/engine/core/main-pids.ts';
import { Tally } from '../../../src/engine/core/tally.ts';
import { Watchers } from '../../../src/engine/core/watchers.ts';
import { RUN } from '../../support/programs.ts';

describe('watchers', () => {
  test('are called in the order in which they were added, until they are removed', () => {
    const calls: string[] = [];
    const watchers = new Watchers<[name: string]>();
    const remove = watchers.add((name) => calls.push(`first ${name}`));
    watchers.add((name) => calls.push(`second ${name}`));
    watchers.emit('a');
    remove();
    watchers.emit('b');
    expect(calls).toEqual(['first a', 'second a', 'second b']);
    expect(watchers.count).toBe(1);
  });

  test('may remove themselves while they are called', () => {
    const calls: string[] = [];
    const watchers = new Watchers<[]>();
    const remove = watchers.add(() => {
      calls.push('once');
      remove();
    });
    watchers.add(() => calls.push('always'));
    watchers.emit();
    watchers.emit();
    expect(calls).toEqual(['once', 'always', 'always']);
  });
});

describe('a tally', () => {
  test('sums current counts and drops those that are removed', () => {
    const tally = new Tally();
    let clients = 2;
    const remove = tally.add(() => clients);
    tally.add(() => 3);
    expect(tally.total).toBe(5);
    clients = 7;
    expect(tally.total).toBe(10);
    remove();
    expect(tally.total).toBe(3);
  });
});

describe('main pids', () => {
  test('follow the current run of each program', () => {
    const pids = new MainPids();
    pids.replace('web', [], [RUN]);
    pids.replace('db', [], [{ ...RUN, pid: 5 }]);
    expect([pids.idOf(4711), pids.idOf(5), pids.has(6)]).toEqual(['web', 'db', false]);
    pids.replace('web', [RUN], [{ ...RUN, pid: 6, number: 2 }]);
    expect([pids.has(4711), pids.idOf(6)]).toEqual([false, 'web']);
    pids.replace('web', [{ ...RUN, pid: 6, number: 2 }], []);
    expect([pids.has(6), pids.has(5)]).toEqual([false, true]);
  });
});
