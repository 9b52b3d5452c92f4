import { describe, expect, test } from 'vitest';
import { recall, type RunOutcome } from '../../../src/policy/lifecycle/adoption.ts';
import type { LifecycleState, StopGoal } from '../../../src/policy/lifecycle/state.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { at, circumstances, EACH_STATE, exit, program, RUN, spec } from '../../support/programs.ts';
import { decide, reasonsOf, summaryOf } from './support.ts';

const SURVIVOR = { ...RUN, number: 4, adopted: true };
const ALIVE: RunOutcome = { kind: 'alive', run: SURVIVOR, paused: false };
const FROZEN: RunOutcome = { ...ALIVE, paused: true };
const ENDED: RunOutcome = { kind: 'ended', exit: exit({ code: 1 }), leftovers: false };
const NONE: RunOutcome = { kind: 'none' };
const UP: LifecycleState = { name: 'running', run: RUN };

function stopping(goal: StopGoal): LifecycleState {
  return { name: 'stopping', run: RUN, goal, stage: 'graceful', exit: null };
}

function recalled(state: LifecycleState, outcome: RunOutcome, ms = 0): string {
  return summaryOf(recall(program(state, { runs: 4 }), outcome, circumstances(ms)));
}

describe('a run that survived its engine', () => {
  test.each<[string, LifecycleState, RunOutcome, string]>([
    ['that was running is adopted', UP, ALIVE, 'running, «adopted»'],
    ['that was starting counts as running', { name: 'starting', run: RUN }, ALIVE, 'running, «adopted»'],
    ['that is suspended is adopted as paused', UP, FROZEN, 'paused, «adopted»'],
    [
      'that was paused but is no longer suspended is adopted as running',
      { name: 'paused', run: RUN },
      ALIVE,
      'running, «adopted»',
    ],
    [
      'that was being stopped is stopped again',
      stopping({ kind: 'stop' }),
      ALIVE,
      'stopping, «adopted», «stopping», SIGTERM to main, arm 30000',
    ],
    [
      'that was being disabled is stopped again',
      stopping({ kind: 'disable' }),
      ALIVE,
      'stopping, «adopted», «stopping», SIGTERM to main, arm 30000',
    ],
    [
      'that was being removed is stopped again',
      stopping({ kind: 'remove' }),
      ALIVE,
      'stopping, «adopted», «stopping», SIGTERM to main, arm 30000',
    ],
    [
      'that was being restarted is stopped again',
      stopping({ kind: 'restart', cause: 'config' }),
      ALIVE,
      'stopping, «adopted», «stopping», SIGTERM to main, arm 30000',
    ],
    [
      'that was being healed is adopted: the fault may be gone',
      stopping({ kind: 'heal', fault: 'x', cause: 'limit' }),
      ALIVE,
      'running, «adopted»',
    ],
    [
      'that was being stopped because it failed is adopted',
      stopping({ kind: 'fail', fault: 'x' }),
      ALIVE,
      'running, «adopted»',
    ],
    [
      'whose start was not recorded yet is started',
      { name: 'launching', cause: 'boot' },
      ALIVE,
      'starting, «started», arm 1000',
    ],
    [
      'whose restart was not recorded yet is restarted',
      { name: 'launching', cause: 'crash' },
      ALIVE,
      'starting, «restarted», arm 1000',
    ],
  ])('%s', (_what, state, outcome, expected) => {
    expect(recalled(state, outcome)).toBe(expected);
  });

  test.each<[StopGoal, string]>([
    [{ kind: 'stop' }, 'stopped'],
    [{ kind: 'disable' }, 'disabled'],
    [{ kind: 'restart', cause: 'operator' }, 'launching'],
    [{ kind: 'restart', cause: 'config' }, 'launching'],
    [{ kind: 'restart', cause: 'schedule' }, 'launching'],
  ])('keeps the goal of its stop: %o', (goal, expected) => {
    const again = recall(program(stopping(goal)), ALIVE, circumstances());
    const gone = decide(again.program, [{ kind: 'exited', of: SURVIVOR, exit: exit({ code: 0 }), leftovers: false }]);
    expect(gone.program.state.name).toBe(expected);
  });

  test('counts no restart, and keeps the highest number of a run', () => {
    const { program: after } = recall(program(UP, { runs: 2, restarts: 1 }), ALIVE, circumstances());
    expect(after).toMatchObject({ runs: 4, restarts: 1, counters: { history: [] } });
    expect(recall(program(UP, { runs: 9 }), ALIVE, circumstances()).program.runs).toBe(9);
  });

  test.each<[string, ProcessSpecInput['ready'], string]>([
    ['the whole timeout for its sign again', { log: 'up', timeoutMs: 5_000 }, 'starting, «adopted», arm 5000'],
    ['what is left of its delay', { delayMs: 5_000 }, 'starting, «adopted», arm 2000'],
    ['no more of a delay that has passed', { delayMs: 1_000 }, 'starting, «adopted», arm 0'],
  ])('that was not ready gets %s', (_what, ready, expected) => {
    const recorded = program({ name: 'starting', run: RUN }, { runs: 4, spec: spec({ ready }) });
    expect(summaryOf(recall(recorded, ALIVE, circumstances(3_000)))).toBe(expected);
  });

  test('is reported as adopted', () => {
    expect(reasonsOf(recall(program(UP), ALIVE, circumstances()))).toEqual(['re-adopted after the engine restarted']);
  });
});

describe('a run that ended while no engine was running', () => {
  test.each<[string, LifecycleState, string]>([
    ['is restarted', UP, 'launching, closeRun, «crashed», spawn 5'],
    ['is restarted if it was starting', { name: 'starting', run: RUN }, 'launching, closeRun, «crashed», spawn 5'],
    ['is restarted if it was paused', { name: 'paused', run: RUN }, 'launching, closeRun, «crashed», spawn 5'],
    ['stays stopped if it was being stopped', stopping({ kind: 'stop' }), 'stopped, «exited», closeRun'],
    [
      'stays disabled if it was being disabled',
      stopping({ kind: 'disable' }),
      'disabled, «exited», closeRun, «disabled»',
    ],
    [
      'is restarted if it was being restarted',
      stopping({ kind: 'restart', cause: 'operator' }),
      'launching, «exited», closeRun, spawn 5',
    ],
    [
      'is restarted if it was being healed',
      stopping({ kind: 'heal', fault: 'x', cause: 'limit' }),
      'launching, «exited», closeRun, spawn 5',
    ],
    [
      'fails if it was being stopped because it failed',
      stopping({ kind: 'fail', fault: 'x' }),
      'failed, «exited», closeRun, «failed»',
    ],
  ])('%s', (_what, state, expected) => {
    expect(recalled(state, ENDED)).toBe(expected);
  });

  test('follows its restart policy', () => {
    const never = program(UP, { spec: spec({ restart: { policy: 'never' } }) });
    expect(summaryOf(recall(never, ENDED, circumstances()))).toBe('failed, closeRun, «crashed», «failed»');
  });

  test('has its leftover processes terminated first', () => {
    expect(recalled(UP, { ...ENDED, leftovers: true })).toBe(
      'stopping, «crashed», SIGTERM to tree, watchLeftovers, arm 1000',
    );
  });
});

describe('a program without a run', () => {
  test.each<[string, LifecycleState, number, string]>([
    [
      'waits for the rest of its backoff',
      { name: 'backoff', until: at(5_000), cause: 'crash' },
      2_000,
      'backoff, arm 3000',
    ],
    [
      'is due at once if its backoff is over',
      { name: 'backoff', until: at(5_000), cause: 'crash' },
      9_000,
      'backoff, arm 0',
    ],
    ['waits for the rest of its cooldown', { name: 'cooldown', until: at(5_000) }, 4_999, 'cooldown, arm 1'],
    ['is due at once if its cooldown is over', { name: 'cooldown', until: at(5_000) }, 5_000, 'cooldown, arm 0'],
    [
      'is started if its dependencies are met',
      { name: 'waiting', cause: 'boot', reason: 'x' },
      0,
      'launching, spawn 5',
    ],
    [
      'is spawned if its start was not recorded, without another number',
      { name: 'launching', cause: 'boot' },
      0,
      'launching, spawn 4',
    ],
    ['stays stopped', { name: 'stopped' }, 0, 'stopped'],
    ['stays disabled', { name: 'disabled' }, 0, 'disabled'],
    ['stays failed', { name: 'failed' }, 0, 'failed'],
    ['stays exited', { name: 'exited' }, 0, 'exited'],
  ])('%s', (_what, state, ms, expected) => {
    expect(recalled(state, NONE, ms)).toBe(expected);
  });
});

describe('an unmanaged process', () => {
  const adopted = { kind: 'adopted', run: { ...SURVIVOR, foreign: true }, paused: false } as const;

  test.each<[LifecycleState['name'], string]>([
    ['launching', 'running, «adopted»'],
    ['stopped', 'running, «adopted»'],
    ['failed', 'running, «adopted»'],
    ['backoff', 'running, «adopted»'],
    ['running', 'running'],
    ['stopping', 'stopping'],
  ])('is adopted in the state %s: %s', (name, expected) => {
    const state = EACH_STATE.find((candidate) => candidate.name === name) ?? { name: 'exited' };
    expect(summaryOf(decide(program(state), [adopted]))).toBe(expected);
  });

  test('is adopted with a note about its output', () => {
    expect(reasonsOf(decide(program({ name: 'stopped' }), [adopted]))).toEqual([
      'adopted an unmanaged process; its output is not logged until healer restarts it',
    ]);
  });
});
