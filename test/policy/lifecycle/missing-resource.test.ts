import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import type { LifecycleState } from '../../../src/policy/lifecycle/state.ts';
import type { Shortage } from '../../../src/policy/shortage.ts';
import { at, circumstances, program, RUN } from '../../support/programs.ts';
import { decide, reasonsOf, summaryOf } from './support.ts';

const FILES: Shortage = { resource: 'file descriptors', why: 'waiting for file descriptors: limit 256' };
const BUSY: Shortage = { resource: 'its file', why: 'waiting for its file: "/app" is being written by bash' };
const SHORT = { ...circumstances(), shortage: FILES };
const BOOT: Fact = { kind: 'startRequested', by: 'boot' };
const TIMER: Fact = { kind: 'timeElapsed' };
const REFUSED: Fact = { kind: 'spawnFailed', problem: BUSY.why, shortage: BUSY };
const SPAWNED: Fact = { kind: 'spawned', run: RUN };
const BACKOFF: LifecycleState = { name: 'backoff', until: at(0), cause: 'crash', restartWhy: 'restarted: exit 1' };
const COUNTERS = { failures: 2, backoffStep: 2, history: [{ at: at(-5), cause: 'crash' as const }] };

describe('a start for which a resource is missing', () => {
  test('waits with the reason and a timer, and is not attempted', () => {
    const decision = decide(program({ name: 'stopped' }), [BOOT], SHORT);
    expect(summaryOf(decision)).toBe('waiting, «waiting», arm 1000');
    expect(decision.program.why).toBe(FILES.why);
  });

  test('is reported once, however often it is tried again', () => {
    const waiting = decide(program({ name: 'stopped' }), [BOOT], SHORT).program;
    const again = decide(waiting, [TIMER], SHORT);
    expect(summaryOf(again)).toBe('waiting, arm 1000');
    expect(again.program).toBe(waiting);
  });

  test('takes place once there is room, for the reason that it had', () => {
    const waiting = decide(program({ name: 'stopped' }), [BOOT], SHORT).program;
    const started = decide(waiting, [TIMER]);
    expect(summaryOf(started)).toBe('launching, spawn 2');
    expect(started.program.why).toBe('started with the engine, after waiting for file descriptors');
  });

  test('counts neither as an attempt, nor as a restart, nor as a failure', () => {
    const before = program(BACKOFF, { runs: 3, restarts: 2, counters: COUNTERS });
    const waiting = decide(before, [TIMER, REFUSED]).program;
    expect(waiting).toMatchObject({
      runs: 3,
      restarts: 2,
      counters: COUNTERS,
      state: { name: 'waiting', cause: 'crash' },
    });
    const started = decide(waiting, [TIMER, SPAWNED]).program;
    expect(started).toMatchObject({ runs: 4, restarts: 3, why: 'restarted: exit 1, after waiting for its file' });
    expect(started.counters).toMatchObject({ failures: 2, backoffStep: 2 });
    expect(started.counters.history).toHaveLength(2);
  });

  test('that the kernel refuses several times is reported once', () => {
    const waiting = decide(program({ name: 'stopped' }), [BOOT, REFUSED]);
    expect(reasonsOf(waiting)).toEqual([BUSY.why]);
    const again = decide(waiting.program, [TIMER, REFUSED]);
    expect(summaryOf(again)).toBe('waiting, arm 1000');
    const third = decide(again.program, [TIMER, REFUSED, TIMER]);
    expect(third.program.why).toBe('started with the engine, after waiting for its file');
  });

  test('uses no attempt of a program that has none left', () => {
    const before = program(BACKOFF, { counters: { failures: 9, backoffStep: 9, history: [] } });
    expect(decide(before, [TIMER, REFUSED]).program.state.name).toBe('waiting');
  });

  test.each<[string, Fact, string]>([
    ['stopped', { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' }, 'stopped'],
    ['disabled', { kind: 'disableRequested' }, 'disabled'],
    ['removed', { kind: 'removeRequested' }, 'stopped'],
  ])('can be %s meanwhile', (_what, fact, state) => {
    const waiting = decide(program({ name: 'stopped' }), [BOOT], SHORT).program;
    expect(decide(waiting, [fact], SHORT).program.state.name).toBe(state);
  });

  test('spreads the attempts of many programs', () => {
    const delays = [0, 0.5, 0.99].map((chance) => {
      const { actions } = decide(program({ name: 'stopped' }), [BOOT], { ...SHORT, chance });
      return actions.flatMap((action) => (action.kind === 'arm' ? [action.afterMs] : []))[0];
    });
    expect(delays).toEqual([750, 1000, 1245]);
  });
});
