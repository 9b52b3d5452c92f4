import { describe, expect, test } from 'vitest';
import type { HealingMode, Suppression } from '../../../src/policy/healing.ts';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import { scheduleObstacle } from '../../../src/policy/lifecycle/planning.ts';
import type { LifecycleState } from '../../../src/policy/lifecycle/state.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { at, circumstances, EACH_STATE, exit, program, RUN, spec } from '../../support/programs.ts';
import { decide, reasonsOf, summaryOf } from './support.ts';

type RestartFields = NonNullable<ProcessSpecInput['restart']>;

const UP: LifecycleState = { name: 'running', run: RUN };
const ELAPSED: Fact = { kind: 'timeElapsed' };
const OFTEN = Array.from({ length: 5 }, (_, index) => ({ at: at(-index - 1), cause: 'crash' as const }));

function exited(code: number | null, fields: Partial<ReturnType<typeof exit>> = {}): Fact {
  return { kind: 'exited', of: RUN, exit: exit({ code, ...fields }), leftovers: false };
}

function up(restart: RestartFields = {}, counters = {}): ReturnType<typeof program> {
  return program(UP, {
    spec: spec({ restart }),
    counters: { failures: 0, backoffStep: 0, history: [], ...counters },
  });
}

describe('an exit', () => {
  test.each<[string, RestartFields, object, Fact, string, readonly string[]]>([
    [
      'with code 0 is final by default',
      {},
      {},
      exited(0),
      'exited, closeRun, «exited»',
      ['exited with code 0 after 1.5 s; not restarted (restart policy "on-failure")'],
    ],
    [
      'with code 0 is restarted by the policy "always"',
      { policy: 'always' },
      {},
      exited(0),
      'launching, closeRun, «exited», spawn 2',
      ['exited with code 0 after 1.5 s'],
    ],
    [
      'with code 1 is restarted right away the first time',
      {},
      {},
      exited(1),
      'launching, closeRun, «crashed», spawn 2',
      ['exited with code 1 after 1.5 s'],
    ],
    [
      'with code 1 is restarted after a delay the second time',
      {},
      { failures: 1, backoffStep: 1 },
      exited(1),
      'backoff, closeRun, «crashed», «restart-scheduled», arm 1000',
      ['exited with code 1 after 1.5 s', 'exited with code 1 after 1.5 s; restarting in 1 s'],
    ],
    [
      'with code 1 is final by the policy "never"',
      { policy: 'never' },
      {},
      exited(1),
      'failed, closeRun, «crashed», «failed»',
      ['exited with code 1 after 1.5 s', 'exited with code 1 after 1.5 s; not restarted (restart policy "never")'],
    ],
    [
      'with a success code of the definition is final',
      { successExitCodes: [0, 7] },
      {},
      exited(7),
      'exited, closeRun, «exited»',
      ['exited with code 7 after 1.5 s; not restarted (restart policy "on-failure")'],
    ],
    [
      'by a signal is a crash',
      {},
      {},
      exited(null, { signal: 'SIGSEGV', coreDumped: true }),
      'launching, closeRun, «crashed», spawn 2',
      ['killed by SIGSEGV (core dumped) after 1.5 s'],
    ],
    [
      'with an unknown status is a crash',
      {},
      {},
      exited(null),
      'launching, closeRun, «crashed», spawn 2',
      ['exited (exit status unknown; no engine was waiting for it) after 1.5 s'],
    ],
    [
      'that was one too many starts a cooldown',
      {},
      { history: OFTEN },
      exited(1),
      'cooldown, closeRun, «crashed», «cooldown-started», arm 120000',
      ['exited with code 1 after 1.5 s', 'exited with code 1 after 1.5 s; in cooldown for 120 s (5 restarts in 60 s)'],
    ],
    [
      'after all attempts gives up',
      { maxAttempts: 2 },
      { failures: 1 },
      exited(1),
      'failed, closeRun, «crashed», «failed»',
      ['exited with code 1 after 1.5 s', 'exited with code 1 after 1.5 s; gave up after 2 failures in a row'],
    ],
    [
      'after its only attempt gives up',
      { maxAttempts: 1 },
      { failures: 0 },
      exited(1),
      'failed, closeRun, «crashed», «failed»',
      ['exited with code 1 after 1.5 s', 'exited with code 1 after 1.5 s; gave up after 1 failure'],
    ],
    [
      'before the last attempt is restarted',
      { maxAttempts: 2 },
      { failures: 0, backoffStep: 0 },
      exited(1),
      'launching, closeRun, «crashed», spawn 2',
      ['exited with code 1 after 1.5 s'],
    ],
    [
      'after all attempts is retried at long intervals if the definition says so',
      { maxAttempts: 2, retryIndefinitely: true, indefiniteIntervalMs: 3_600_000 },
      { failures: 1 },
      exited(1),
      'backoff, closeRun, «crashed», «restart-scheduled», arm 3600000',
      [
        'exited with code 1 after 1.5 s',
        'exited with code 1 after 1.5 s; retrying in 3600 s after 2 failures in a row',
      ],
    ],
  ])('%s', (_what, restart, counters, fact, expected, reasons) => {
    const decision = decide(up(restart, counters), [fact]);
    expect(summaryOf(decision)).toBe(expected);
    expect(reasonsOf(decision)).toEqual(reasons);
  });

  test.each(EACH_STATE.filter((state) => !('run' in state)))('is ignored in the state $name', (state) => {
    expect(decide(program(state), [exited(1)]).actions).toEqual([]);
  });

  test('is remembered with its facts', () => {
    expect(decide(up(), [exited(3)]).program.lastExit).toEqual({
      exit: exit({ code: 3 }),
      reason: 'exited with code 3 after 1.5 s',
    });
  });
});

describe('a restart that is suppressed', () => {
  test.each<[Suppression, string, string]>([
    ['held', 'backoff, closeRun, «crashed», «would-restart»', 'healing is paused'],
    ['observed', 'backoff, closeRun, «crashed», «would-restart»', 'observe mode'],
    ['shutting-down', 'backoff, closeRun, «crashed»', 'the engine is shutting down'],
  ])('by %s waits', (suppression, expected, text) => {
    const decision = decide(up(), [exited(1)], { ...circumstances(), suppression });
    expect(summaryOf(decision)).toBe(expected);
    expect(decision.program.why).toBe(`exited with code 1 after 1.5 s; not restarted (${text})`);
    expect(decision.program.counters.failures).toBe(1);
  });

  test.each<[string, RestartFields, object, string]>([
    ['a cooldown', {}, { history: OFTEN }, 'cooldown, closeRun, «crashed», «cooldown-started», arm 120000'],
    ['giving up', { maxAttempts: 1 }, { failures: 1 }, 'failed, closeRun, «crashed», «failed»'],
  ])('does not replace %s', (_what, restart, counters, expected) => {
    expect(summaryOf(decide(up(restart, counters), [exited(1)], { ...circumstances(), suppression: 'held' }))).toBe(
      expected,
    );
  });
});

describe('the timer of a state', () => {
  const backoff: LifecycleState = { name: 'backoff', until: at(0), cause: 'limit' };
  const cooldown: LifecycleState = { name: 'cooldown', until: at(0) };

  test.each<[string, LifecycleState, string, string]>([
    ['makes a starting program running', { name: 'starting', run: RUN }, 'running, «running»', 'set before'],
    ['starts a program after its backoff', backoff, 'launching, spawn 2', 'set before'],
    [
      'starts a program after its cooldown',
      cooldown,
      'launching, «cooldown-ended», spawn 2',
      'restarted after its cooldown',
    ],
    ['does nothing to a running program', UP, 'running', 'set before'],
    ['does nothing to a paused program', { name: 'paused', run: RUN }, 'paused', 'set before'],
    ['does nothing to a stopped program', { name: 'stopped' }, 'stopped', 'set before'],
    ['does nothing to a failed program', { name: 'failed' }, 'failed', 'set before'],
    ['does nothing to a waiting program', { name: 'waiting', cause: 'boot', reason: '' }, 'waiting', 'set before'],
  ])('%s', (_what, state, expected, why) => {
    const decision = decide(program(state, { why: 'set before' }), [ELAPSED]);
    expect(summaryOf(decision)).toBe(expected);
    expect(decision.program.why).toBe(why);
  });

  test('reports how long the program has been up', () => {
    const starting = program({ name: 'starting', run: RUN }, { spec: spec({ startSeconds: 2.5 }) });
    expect(reasonsOf(decide(starting, [ELAPSED]))).toEqual(['up for 2.5 s']);
  });

  test('keeps the cause of a restart after its backoff', () => {
    expect(decide(program(backoff), [ELAPSED]).program.state).toEqual({ name: 'launching', cause: 'limit' });
  });

  test.each<[string, LifecycleState]>([
    ['backoff', backoff],
    ['cooldown', cooldown],
  ])('starts nothing after a %s while healing is paused, and reports that once', (name, state) => {
    const now = { ...circumstances(), suppression: 'held' as const };
    const first = decide(program(state, { why: 'set before' }), [ELAPSED], now);
    expect(summaryOf(first)).toBe(name);
    expect(first.program.why).toBe('the next start is due; not restarted (healing is paused)');
    expect(decide(first.program, [ELAPSED], now).program).toBe(first.program);
  });
});

describe('a delayed restart', () => {
  const SECOND = { failures: 1, backoffStep: 1 };

  test('names the cause in the past tense, without the delay', () => {
    const { program: later } = decide(up({}, SECOND), [exited(1)]);
    expect(later.why).toBe('exited with code 1 after 1.5 s');
    expect(decide(later, [ELAPSED]).program).toMatchObject({
      state: { name: 'launching' },
      why: 'restarted: exited with code 1 after 1.5 s',
    });
  });

  test('names the cause after healing was paused', () => {
    const paused = { ...circumstances(), suppression: 'held' as const };
    const { program: later } = decide(decide(up({}, SECOND), [exited(1)], paused).program, [ELAPSED], paused);
    expect(later.why).toBe('exited with code 1 after 1.5 s; not restarted (healing is paused)');
    const due = { ...circumstances(), now: at(1_000) };
    expect(decide(later, [{ kind: 'healingChanged' }], due).program.why).toBe(
      'restarted: exited with code 1 after 1.5 s',
    );
  });

  test('that an earlier engine scheduled keeps its reason', () => {
    const scheduled = program({ name: 'backoff', until: at(0), cause: 'crash' }, { why: 'exited; restarting in 1 s' });
    expect(decide(scheduled, [ELAPSED]).program.why).toBe('exited; restarting in 1 s');
  });
});

describe('healing that is resumed', () => {
  const CHANGED: Fact = { kind: 'healingChanged' };

  test.each<[string, LifecycleState, string]>([
    ['starts a program whose backoff is over', { name: 'backoff', until: at(0), cause: 'crash' }, 'launching, spawn 2'],
    ['waits for the rest of a backoff', { name: 'backoff', until: at(1), cause: 'crash' }, 'backoff, arm 1'],
    [
      'starts a program whose cooldown is over',
      { name: 'cooldown', until: at(-1) },
      'launching, «cooldown-ended», spawn 2',
    ],
    ['waits for the rest of a cooldown', { name: 'cooldown', until: at(500) }, 'cooldown, arm 500'],
    [
      'starts a waiting program whose dependencies are met',
      { name: 'waiting', cause: 'crash', reason: '' },
      'launching, spawn 2',
    ],
    ['leaves a failed program alone', { name: 'failed' }, 'failed'],
    ['leaves a stopped program alone', { name: 'stopped' }, 'stopped'],
    ['leaves a running program alone', UP, 'running'],
  ])('%s', (_what, state, expected) => {
    expect(summaryOf(decide(program(state), [CHANGED]))).toBe(expected);
  });

  test('does nothing while it is still suppressed', () => {
    const before = program({ name: 'backoff', until: at(-1), cause: 'crash' });
    expect(decide(before, [CHANGED], { ...circumstances(), suppression: 'observed' })).toEqual({
      program: before,
      actions: [],
    });
  });
});

describe('a scheduled restart', () => {
  const DUE: Fact = { kind: 'restartDue', schedule: '0 4 * * *' };

  test.each<[string, LifecycleState, Suppression | null, string, readonly string[]]>([
    [
      'restarts a running program',
      UP,
      null,
      'stopping, «scheduled-restart», «stopping», SIGTERM to main, arm 30000',
      ['scheduled restart ("0 4 * * *")', 'scheduled restart ("0 4 * * *"); sent SIGTERM, waiting up to 30 s'],
    ],
    [
      'is not healing, so observe mode does not prevent it',
      UP,
      'observed',
      'stopping, «scheduled-restart», «stopping», SIGTERM to main, arm 30000',
      [],
    ],
    [
      'is only reported while healing is paused',
      UP,
      'held',
      'running, «would-restart»',
      ['would have restarted on schedule "0 4 * * *"; healing is paused'],
    ],
    ['is skipped while the engine shuts down', UP, 'shutting-down', 'running', []],
    [
      'starts a program that has exited',
      { name: 'exited' },
      null,
      'launching, «scheduled-restart», spawn 2',
      ['scheduled start ("0 4 * * *")'],
    ],
    ['starts a job that has failed', { name: 'failed' }, null, 'launching, «scheduled-restart», spawn 2', []],
    [
      'of an exited program is only reported while healing is paused',
      { name: 'exited' },
      'held',
      'exited, «would-restart»',
      ['would have started on schedule "0 4 * * *"; healing is paused'],
    ],
    [
      'is skipped for a starting program, which is reported',
      { name: 'starting', run: RUN },
      null,
      'starting, «scheduled-restart»',
      ['skipped the run on schedule "0 4 * * *": it is starting'],
    ],
    [
      'is skipped for a paused program, which is reported',
      { name: 'paused', run: RUN },
      null,
      'paused, «scheduled-restart»',
      ['skipped the run on schedule "0 4 * * *": it is paused'],
    ],
    ['is skipped for a program that was stopped', { name: 'stopped' }, null, 'stopped', []],
    ['is skipped for a disabled program', { name: 'disabled' }, null, 'disabled', []],
    [
      'is skipped during a cooldown, which is reported',
      { name: 'cooldown', until: at(1) },
      null,
      'cooldown, «scheduled-restart»',
      ['skipped the run on schedule "0 4 * * *": it is in the state cooldown and starts by itself'],
    ],
  ])('%s', (_what, state, suppression, expected, reasons) => {
    const decision = decide(program(state), [DUE], { ...circumstances(), suppression });
    expect(summaryOf(decision)).toBe(expected);
    if (reasons.length > 0) expect(reasonsOf(decision)).toEqual(reasons);
  });

  test('starts a program that was never started, such as a job without autostart', () => {
    const fresh = program({ name: 'stopped' }, { runs: 0 });
    expect(summaryOf(decide(fresh, [DUE]))).toBe('launching, «scheduled-restart», spawn 1');
  });

  test('of an exited program counts as a start with clean counters', () => {
    const job = program({ name: 'failed' }, { counters: { failures: 3, backoffStep: 2, history: [] } });
    const started = decide(job, [DUE, { kind: 'spawned', run: RUN }]).program;
    expect(started).toMatchObject({ restarts: 0, counters: { failures: 0 }, why: 'scheduled start ("0 4 * * *")' });
  });

  test.each<[LifecycleState, HealingMode['mode'], string | null]>([
    [UP, 'on', null],
    [UP, 'observed', null],
    [UP, 'held', 'healing is paused'],
    [{ name: 'exited' }, 'on', null],
    [{ name: 'failed' }, 'on', null],
    [{ name: 'stopped' }, 'on', 'it was stopped by the operator'],
    [{ name: 'disabled' }, 'held', 'it is disabled'],
    [{ name: 'paused', run: RUN }, 'on', 'it is paused'],
    [{ name: 'cooldown', until: at(1) }, 'on', null],
  ])('is promised only if it would be performed: %o, healing %s', (state, mode, obstacle) => {
    expect(scheduleObstacle(program(state), { mode, until: null })).toBe(obstacle);
  });

  test('counts as a restart, but not as a failure', () => {
    const restarted = decide(up({}, { failures: 2 }), [DUE, exited(0), { kind: 'spawned', run: RUN }]).program;
    expect(restarted).toMatchObject({ restarts: 1, counters: { failures: 2, history: [] } });
  });
});

describe('pausing, resuming and reloading', () => {
  const PAUSE: Fact = { kind: 'pauseRequested' };
  const RESUME: Fact = { kind: 'resumeRequested' };
  const RELOAD: Fact = { kind: 'reloadRequested' };

  test.each<[Fact, LifecycleState['name'], string]>([
    [PAUSE, 'running', 'paused, freezeTree, «paused»'],
    [PAUSE, 'starting', 'paused, freezeTree, «paused»'],
    [PAUSE, 'paused', 'paused'],
    [PAUSE, 'stopping', 'stopping'],
    [PAUSE, 'backoff', 'backoff'],
    [RESUME, 'paused', 'running, thawTree, «resumed»'],
    [RESUME, 'running', 'running'],
    [RESUME, 'stopped', 'stopped'],
    [RELOAD, 'running', 'running, SIGHUP main, «reloaded»'],
    [RELOAD, 'starting', 'starting'],
    [RELOAD, 'paused', 'paused'],
    [RELOAD, 'stopping', 'stopping'],
  ])('%o in the state %s: %s', (fact, name, expected) => {
    const state = EACH_STATE.find((candidate) => candidate.name === name) ?? { name: 'stopped' };
    expect(summaryOf(decide(program(state), [fact]))).toBe(expected);
  });

  test('a reload sends the signal of the definition to the main process', () => {
    const decision = decide(program(UP, { spec: spec({ reload: { signal: 'SIGUSR2' } }) }), [RELOAD]);
    expect(summaryOf(decision)).toBe('running, SIGUSR2 main, «reloaded»');
    expect(reasonsOf(decision)).toEqual(['reloaded by the operator; sent SIGUSR2']);
  });
});
