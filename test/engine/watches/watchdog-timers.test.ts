import { beforeEach, describe, expect, test } from 'vitest';
import type { ManagedProgram } from '../../../src/engine/core/managed-program.ts';
import { WatchdogTimers } from '../../../src/engine/watches/watchdog-timers.ts';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import type { LifecycleState } from '../../../src/policy/lifecycle/state.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { program, RUN, spec } from '../../support/programs.ts';

const UP: LifecycleState = { name: 'running', run: RUN };
const PING = { kind: 'watchdog', sign: 'ping' } as const;

let clock: FakeClock;
let posted: [id: string, fact: Fact][];
let watchdogs: WatchdogTimers;
beforeEach(() => {
  clock = new FakeClock();
  posted = [];
  watchdogs = new WatchdogTimers({ clock, engine: { post: (id: string, fact: Fact) => void posted.push([id, fact]) } });
});

function entry(id: string, watchdogMs: number | null, state = UP): ManagedProgram {
  return { id, program: program(state, { spec: spec({ id, watchdogMs }) }) } as ManagedProgram;
}

describe('the watchdogs', () => {
  test('report a run that has sent nothing for the period', () => {
    watchdogs.onChange(entry('web', 1_000));
    clock.advance(999);
    expect(posted).toEqual([]);
    clock.advance(1);
    const how = 'it has not sent WATCHDOG=1 for 1 s (watchdogMs)';
    expect(posted).toEqual([['web', { kind: 'watchdogFailed', of: RUN, how }]]);
  });

  test('report nothing while the run sends WATCHDOG=1, and 200 of them need one timer', () => {
    const entries = Array.from({ length: 200 }, (_, index) => entry(`web-${String(index)}`, 1_000));
    for (const each of entries) watchdogs.onChange(each);
    for (let second = 0; second < 10; second++) {
      for (const each of entries) watchdogs.take(each, RUN, PING);
      expect(clock.pending).toBe(1);
      clock.advance(900);
    }
    expect(posted).toEqual([]);
    for (const each of entries.slice(1)) watchdogs.take(each, RUN, PING);
    clock.advance(200);
    expect(posted.map(([id]) => id)).toEqual(['web-0']);
  });

  test('report again after each period, because healing may be paused', () => {
    watchdogs.onChange(entry('web', 1_000));
    clock.advance(3_000);
    expect(posted).toHaveLength(3);
  });

  test('follow a period that the program sets itself', () => {
    const web = entry('web', 60_000);
    watchdogs.onChange(web);
    watchdogs.take(web, RUN, { kind: 'watchdog', sign: 'period', ms: 500 });
    clock.advance(500);
    expect(posted).toHaveLength(1);
  });

  test('report a trigger at once', () => {
    watchdogs.take(entry('web', 60_000), RUN, { kind: 'watchdog', sign: 'trigger' });
    expect(posted).toEqual([['web', { kind: 'watchdogFailed', of: RUN, how: 'it sent WATCHDOG=trigger' }]]);
  });

  test.each<[string, (web: ManagedProgram) => void]>([
    ['is paused', () => watchdogs.onChange(entry('web', 1_000, { name: 'paused', run: RUN }))],
    ['is stopped', () => watchdogs.onChange(entry('web', 1_000, { name: 'stopped' }))],
    ['is forgotten', ({ id }) => watchdogs.end(id)],
    ['outlives the engine', () => watchdogs.close()],
  ])('end, with their timer, when a program %s', (_, end) => {
    const web = entry('web', 1_000);
    watchdogs.onChange(web);
    end(web);
    expect(clock.pending).toBe(0);
    clock.advance(5_000);
    expect(posted).toEqual([]);
  });

  test('begin again with the next run', () => {
    watchdogs.onChange(entry('web', 1_000));
    clock.advance(800);
    watchdogs.onChange(entry('web', 1_000, { name: 'running', run: { ...RUN, number: 2, pid: 4712 } }));
    clock.advance(800);
    expect(posted).toEqual([]);
    clock.advance(200);
    expect(posted).toHaveLength(1);
  });

  test('need nothing for programs without one', () => {
    watchdogs.onChange(entry('web', null));
    expect(clock.pending).toBe(0);
  });
});
