import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Restart } from '../../src/policy/cooldown.ts';
import { advance } from '../../src/policy/lifecycle/lifecycle.ts';
import { type Program, runOf } from '../../src/policy/lifecycle/state.ts';
import { decideRestart, NO_FAILURES, type RestartVerdict } from '../../src/policy/restart.ts';
import type { ProcessSpecInput } from '../../src/protocol/process-spec.ts';
import { at, circumstances, exit, program, spec, START, RUN } from '../support/programs.ts';

type RestartFields = NonNullable<ProcessSpecInput['restart']>;

const CLEAN = exit({ code: 0 });
const BAD = exit({ code: 3 });
const SIGNALLED = exit({ code: null, signal: 'SIGSEGV', coreDumped: true });
const UNKNOWN = exit({ code: null });

function verdict(rule: RestartFields, ended = BAD, counters = NO_FAILURES): RestartVerdict {
  return decideRestart(
    spec({ restart: rule }).restart,
    counters,
    { kind: 'exit', exit: ended },
    { now: START, chance: 0.5 },
  );
}

function restarts(...agoMs: readonly number[]): Restart[] {
  return agoMs.map((ms) => ({ at: at(-ms), cause: 'crash' }));
}

describe('restart policy', () => {
  test.each([
    ['on-failure', CLEAN, 'stay-exited'],
    ['on-failure', BAD, 'restart'],
    ['on-failure', SIGNALLED, 'restart'],
    ['on-failure', UNKNOWN, 'restart'],
    ['always', CLEAN, 'restart'],
    ['always', BAD, 'restart'],
    ['never', CLEAN, 'stay-exited'],
    ['never', BAD, 'give-up'],
    ['never', SIGNALLED, 'give-up'],
  ] as const)('%s after %o: %s', (policy, ended, next) => {
    expect(verdict({ policy }, ended).next).toBe(next);
  });

  test('treats a success code of the definition as success', () => {
    expect(verdict({ successExitCodes: [0, 3] }).next).toBe('stay-exited');
  });

  test('increases the delay with each failure; the last one repeats', () => {
    const delays = [0, 1, 2, 3, 4, 9].map((backoffStep) => {
      const given = verdict({ cooldown: { restarts: 100 } }, BAD, { failures: backoffStep, backoffStep, history: [] });
      return given.next === 'restart' ? given.delayMs : null;
    });
    expect(delays).toEqual([0, 1000, 2000, 5000, 5000, 5000]);
  });

  test('spreads a delay by the jitter', () => {
    const rule = spec({ restart: { backoffMs: [1000], jitter: 0.1 } }).restart;
    const delayAt = (chance: number): RestartVerdict =>
      decideRestart(rule, NO_FAILURES, { kind: 'exit', exit: BAD }, { now: START, chance });
    expect(delayAt(0)).toMatchObject({ delayMs: 900 });
    expect(delayAt(0.999)).toMatchObject({ delayMs: 1100 });
  });

  test('resets the counters after a long stable run', () => {
    const worn = { failures: 4, backoffStep: 4, history: [] };
    const stable = verdict({ maxAttempts: 4 }, exit({ uptimeMs: 300_000 }), worn);
    expect(stable).toMatchObject({ next: 'restart', delayMs: 0, counters: { failures: 1, backoffStep: 1 } });
    expect(verdict({ maxAttempts: 4 }, exit({ uptimeMs: 299_999 }), { ...worn, failures: 3 }).next).toBe('give-up');
  });

  test('gives up after the last attempt, or retries at long intervals', () => {
    const worn = { failures: 2, backoffStep: 3, history: [] };
    expect(verdict({ maxAttempts: 4 }, BAD, worn)).toMatchObject({ next: 'restart' });
    expect(verdict({ maxAttempts: 3 }, BAD, worn)).toMatchObject({ next: 'give-up' });
    expect(verdict({ maxAttempts: 1 }, BAD, NO_FAILURES)).toMatchObject({ next: 'give-up' });
    expect(verdict({ maxAttempts: 3, retryIndefinitely: true }, BAD, worn)).toMatchObject({
      next: 'restart',
      delayMs: 21_600_000,
    });
  });

  test('does not count a successful exit as a failure, and keeps the backoff', () => {
    const worn = { failures: 3, backoffStep: 3, history: [] };
    const given = verdict({ policy: 'always', maxAttempts: 3 }, CLEAN, worn);
    expect(given).toMatchObject({ next: 'restart', delayMs: 5000, counters: { failures: 0, backoffStep: 4 } });
  });

  test('starts a cooldown after five restarts within the window, not if they are spread wider', () => {
    const often = { ...NO_FAILURES, history: restarts(50_000, 40_000, 30_000, 20_000, 10_000) };
    const cooling = verdict({}, BAD, often);
    expect(cooling).toMatchObject({ next: 'cooldown', counters: { backoffStep: 0, history: often.history } });
    const spread = { ...NO_FAILURES, history: restarts(60_000, 40_000, 30_000, 20_000, 10_000) };
    expect(verdict({}, BAD, spread).next).toBe('restart');
  });

  test('counts consecutive failures across a cooldown', () => {
    const worn = { failures: 5, backoffStep: 5, history: restarts(5, 4, 3, 2, 1) };
    const cooling = verdict({ maxAttempts: 7 }, BAD, worn);
    expect(cooling).toMatchObject({ next: 'cooldown', counters: { failures: 6 } });
  });
});

/** Simulates a program whose runs last as long as the list says. Returns the times of its starts and cooldowns. */
function crashLoop(
  livesMs: readonly number[],
  restart: RestartFields = {},
): { starts: number[]; cooldowns: number[]; program: Program } {
  let now = 0;
  let current = program({ name: 'stopped' }, { spec: spec({ restart }) });
  const starts: number[] = [];
  const cooldowns: number[] = [];
  const feed = (fact: Parameters<typeof advance>[1]): void => {
    const decision = advance(current, fact, circumstances(now));
    current = decision.program;
    for (const action of decision.actions) {
      if (action.kind === 'emit' && action.event === 'cooldown-started') cooldowns.push(now);
      if (action.kind === 'spawn') {
        starts.push(now);
        const run = {
          number: action.runNumber,
          pid: 1000 + action.runNumber,
          startTicks: 1,
          startedAt: at(now),
          adopted: false,
        };
        feed({ kind: 'spawned', run });
      }
    }
  };
  feed({ kind: 'startRequested', by: 'boot' });
  for (const lifeMs of livesMs) {
    if (runOf(current.state) === null) {
      const { state } = current;
      if (state.name !== 'backoff' && state.name !== 'cooldown') break;
      now = state.until.mono - START.mono;
      feed({ kind: 'timeElapsed' });
    }
    now += lifeMs;
    feed({ kind: 'exited', of: runOf(current.state) ?? RUN, exit: exit({ uptimeMs: lifeMs }), leftovers: false });
  }
  return { starts, cooldowns, program: current };
}

/** Every start but the first counts, also the one after a cooldown. */
function expectFewRestarts(starts: readonly number[]): void {
  const restartTimes = starts.slice(1);
  for (const first of restartTimes) {
    const inWindow = restartTimes.filter((time) => time >= first && time < first + 60_000);
    expect(inWindow.length).toBeLessThanOrEqual(5);
  }
}

describe('cooldown', () => {
  test('restarts a crash loop exactly five times, waits two minutes, and restarts it once', () => {
    const { starts, cooldowns } = crashLoop([10, 10, 10, 10, 10, 10, 10]);
    expect(starts.slice(0, 6)).toEqual([0, 10, 1020, 3030, 8040, 13_050]);
    expect(cooldowns[0]).toBe(13_060);
    expect(starts[6]).toBe(13_060 + 120_000);
  });

  test('never allows a sixth restart within the window, however long the runs last', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 60 }), (livesMs) => {
        expectFewRestarts(crashLoop(livesMs).starts);
      }),
    );
  });

  test.each([3_000, 12_000, 20_000])('holds for retries every %i ms after the last attempt too', (intervalMs) => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 60 }), (livesMs) => {
        const rule = { maxAttempts: 1, retryIndefinitely: true, indefiniteIntervalMs: intervalMs };
        expectFewRestarts(crashLoop(livesMs, rule).starts);
      }),
    );
  });

  test('returns the same program for the same facts', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400_000 }), { maxLength: 30 }), (livesMs) => {
        expect(crashLoop(livesMs)).toEqual(crashLoop(livesMs));
      }),
    );
  });
});
