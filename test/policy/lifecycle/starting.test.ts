import { describe, expect, test } from 'vitest';
import type { Missing } from '../../../src/policy/lifecycle/dependencies.ts';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import { isRestart, launch } from '../../../src/policy/lifecycle/launching.ts';
import type { LifecycleState, StartCause } from '../../../src/policy/lifecycle/state.ts';
import { at, circumstances, EACH_STATE, program, RUN, spec } from '../../support/programs.ts';
import { decide, reasonsOf, summaryOf } from './support.ts';

const WORN = { failures: 3, backoffStep: 2, history: [{ at: at(-1), cause: 'crash' as const }] };
const BOOT: Fact = { kind: 'startRequested', by: 'boot' };
const START: Fact = { kind: 'startRequested', by: 'operator' };
const SPAWNED: Fact = { kind: 'spawned', run: RUN };

describe('a start', () => {
  test.each<[StartCause, restarts: number, failures: number, backoffStep: number, history: readonly string[]]>([
    ['boot', 5, 3, 2, ['crash']],
    ['start', 5, 0, 0, ['crash']],
    ['operator', 6, 0, 0, ['crash', 'operator']],
    ['config', 6, 0, 0, ['crash', 'operator']],
    ['schedule', 6, 3, 2, ['crash']],
    ['crash', 6, 3, 2, ['crash', 'crash']],
    ['limit', 6, 3, 2, ['crash', 'limit']],
    ['health', 6, 3, 2, ['crash', 'health']],
    ['anomaly', 6, 3, 2, ['crash', 'anomaly']],
    ['cooldown', 6, 3, 2, ['crash', 'cooldown']],
  ])(
    'because of %s: %i restarts, %i failures, step %i, history %j',
    (cause, restarts, failures, backoffStep, history) => {
      const before = program({ name: 'stopped' }, { runs: 7, restarts: 5, counters: WORN });
      const { program: launched, actions } = launch(before, cause, 'why', circumstances());
      expect(launched).toMatchObject({ state: { name: 'launching', cause }, runs: 8, restarts: 5, why: 'why' });
      expect(launched.counters).toEqual(WORN);
      const after = decide(launched, [SPAWNED]).program;
      expect(after).toMatchObject({ state: { name: 'starting' }, runs: 8, restarts, why: 'why' });
      expect(after.counters).toMatchObject({ failures, backoffStep });
      expect(after.counters.history.map((restart) => restart.cause)).toEqual(history);
      expect(actions).toEqual([{ kind: 'spawn', runNumber: 8 }]);
      expect(isRestart(cause)).toBe(restarts === 6);
    },
  );

  test.each<[LifecycleState['name'], string]>([
    ['disabled', 'disabled'],
    ['stopped', 'launching, spawn 2'],
    ['waiting', 'launching, spawn 2'],
    ['launching', 'launching'],
    ['starting', 'starting'],
    ['running', 'running'],
    ['paused', 'paused'],
    ['stopping', 'stopping'],
    ['backoff', 'launching, spawn 2'],
    ['cooldown', 'launching, spawn 2'],
    ['failed', 'launching, spawn 2'],
    ['exited', 'launching, spawn 2'],
  ])('by the operator in the state %s: %s', (name, expected) => {
    const state = EACH_STATE.find((candidate) => candidate.name === name) ?? { name: 'stopped' };
    expect(summaryOf(decide(program(state), [START]))).toBe(expected);
  });

  test('records what caused it', () => {
    expect(decide(program({ name: 'stopped' }), [BOOT]).program.why).toBe('started with the engine');
    expect(decide(program({ name: 'stopped' }), [START]).program.why).toBe('started by the operator');
    const needed: Fact = { kind: 'neededByDependent', by: 'web' };
    expect(decide(program({ name: 'stopped' }), [needed]).program.why).toBe('started as a dependency of web');
  });

  test('during a cooldown resets the history, but not the failures', () => {
    const before = program({ name: 'cooldown', until: at(1) }, { counters: WORN });
    const { counters } = decide(before, [START, SPAWNED]).program;
    expect(counters).toEqual({ failures: 0, backoffStep: 0, history: [] });
    const reset = decide(before, [{ kind: 'cooldownResetRequested' }, SPAWNED]).program;
    expect(reset.counters).toEqual({ failures: 3, backoffStep: 0, history: [{ at: at(0), cause: 'cooldown' }] });
  });

  test.each<[string, StartCause, string]>([
    ['first', 'boot', 'starting, «started», arm 1000'],
    ['first', 'start', 'starting, «started», arm 1000'],
    ['repeated', 'crash', 'starting, «restarted», arm 1000'],
    ['repeated', 'schedule', 'starting, «restarted», arm 1000'],
  ])('that is the %s one because of %s is reported as such', (_what, cause, expected) => {
    expect(summaryOf(decide(program({ name: 'launching', cause }), [SPAWNED]))).toBe(expected);
  });

  test.each([
    [{ startSeconds: 3 }, 'starting, «started», arm 3000'],
    [{ startSeconds: 0.5 }, 'starting, «started», arm 500'],
    [{ startSeconds: 0 }, 'running, «started»'],
    [{ startSeconds: 0, health: { check: { type: 'tcp', port: 80 } } }, 'starting, «started»'],
  ] as const)('with %j: %s', (fields, expected) => {
    const launching = program({ name: 'launching', cause: 'boot' }, { spec: spec(fields) });
    expect(summaryOf(decide(launching, [SPAWNED]))).toBe(expected);
  });

  test('that cannot be executed counts as a failure', () => {
    const decision = decide(program({ name: 'launching', cause: 'boot' }), [
      { kind: 'spawnFailed', problem: 'no such file' },
    ]);
    expect(summaryOf(decision)).toBe('launching, «spawn-failed», spawn 2');
    expect(decision.program.counters.failures).toBe(1);
    expect(reasonsOf(decision)).toEqual(['no such file']);
    expect(decision.program.why).toBe('restarted: no such file');
  });

  test('that cannot be executed does not count as a restart', () => {
    const after = decide(program({ name: 'launching', cause: 'crash' }, { restarts: 1 }), [
      { kind: 'spawnFailed', problem: 'no such file' },
    ]).program;
    expect(after.restarts).toBe(1);
    expect(after.counters.history).toHaveLength(1);
  });
});

describe('a start with missing dependencies', () => {
  const dependency = (id: string, fields: Partial<Missing> = {}): Missing => ({
    id,
    condition: 'started',
    isIdle: false,
    obstacle: null,
    ...fields,
  });

  test.each<[string, StartCause, readonly Missing[], string, string]>([
    ['waits', 'boot', [dependency('db')], 'waiting, «waiting»', 'waiting for db to start'],
    [
      'starts an idle one at boot',
      'boot',
      [dependency('db', { isIdle: true, obstacle: 'stopped: x' })],
      'waiting, «waiting», start db',
      'waiting for db to start',
    ],
    [
      'starts an idle one on request',
      'start',
      [dependency('db', { isIdle: true })],
      'waiting, «waiting», start db',
      'waiting for db to start',
    ],
    [
      'starts an idle one on restart',
      'operator',
      [dependency('db', { isIdle: true })],
      'waiting, «waiting», start db',
      'waiting for db to start',
    ],
    [
      'does not start an idle one after a crash',
      'crash',
      [dependency('db', { isIdle: true, obstacle: 'stopped: x' })],
      'waiting, «waiting»',
      'waiting for db to start (stopped: x)',
    ],
    [
      'does not start an idle one after a cooldown',
      'cooldown',
      [dependency('db', { isIdle: true })],
      'waiting, «waiting»',
      'waiting for db to start',
    ],
    [
      'does not start an idle one on schedule',
      'schedule',
      [dependency('db', { isIdle: true })],
      'waiting, «waiting»',
      'waiting for db to start',
    ],
    [
      'does not start an idle one after an edit',
      'config',
      [dependency('db', { isIdle: true })],
      'waiting, «waiting»',
      'waiting for db to start',
    ],
    [
      'starts only the idle ones of several',
      'boot',
      [dependency('db', { isIdle: true }), dependency('cache', { obstacle: 'disabled: y' })],
      'waiting, «waiting», start db',
      'waiting for db to start and for cache to start (disabled: y)',
    ],
  ])('%s', (_what, cause, missing, expected, why) => {
    const decision = launch(program({ name: 'stopped' }), cause, 'why', { ...circumstances(), missing });
    expect(summaryOf(decision)).toBe(expected);
    expect(decision.program.why).toBe(why);
    expect(decision.program).toMatchObject({ state: { cause, reason: 'why' }, runs: 1, restarts: 0 });
  });

  test.each<[string, StartCause, boolean]>([
    ['an operator requested', 'start', false],
    ['the engine requested', 'boot', false],
    ['follows a crash', 'crash', true],
    ['follows a limit', 'limit', true],
    ['follows a failed check', 'health', true],
    ['follows an anomaly', 'anomaly', true],
    ['follows a cooldown', 'cooldown', true],
    ['an edit requested', 'config', false],
  ])('that %s is suppressed while healing is paused: %s', (_what, cause, isSuppressed) => {
    const waiting = program({ name: 'waiting', cause, reason: 'why' }, { spec: spec({ dependsOn: ['db'] }) });
    const decision = decide(waiting, [{ kind: 'dependencyChanged' }], { ...circumstances(), suppression: 'held' });
    expect(decision.program.state.name).toBe(isSuppressed ? 'waiting' : 'launching');
    expect(decision.program.why).toBe(
      isSuppressed ? 'the next start is due; not restarted (healing is paused)' : 'why, after waiting for db',
    );
  });

  test('reports a change of what it waits for once', () => {
    const waiting = program({ name: 'waiting', cause: 'boot', reason: 'why' });
    const now = { ...circumstances(), missing: [dependency('db', { obstacle: 'in cooldown' })] };
    const changed = decide(waiting, [{ kind: 'dependencyChanged' }], now);
    expect(reasonsOf(changed)).toEqual(['waiting for db to start (in cooldown)']);
    expect(decide(changed.program, [{ kind: 'dependencyChanged' }], now).actions).toEqual([]);
  });
});
