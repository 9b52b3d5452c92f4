import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import type { LifecycleState, StopGoal } from '../../../src/policy/lifecycle/state.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { circumstances, EACH_STATE, exit, program, RUN, spec } from '../../support/programs.ts';
import { decide, reasonsOf, summaryOf } from './support.ts';

const UP: LifecycleState = { name: 'running', run: RUN };
const PAUSED: LifecycleState = { name: 'paused', run: RUN };
const STOP: Fact = { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' };
const KILL: Fact = { kind: 'stopRequested', graceful: false, timeoutMs: null, by: 'operator' };
const RESTART: Fact = { kind: 'restartRequested', timeoutMs: null, by: 'operator' };
const DISABLE: Fact = { kind: 'disableRequested' };
const REMOVE: Fact = { kind: 'removeRequested' };
const START: Fact = { kind: 'startRequested', by: 'operator' };
const ELAPSED: Fact = { kind: 'timeElapsed' };
const EXITED: Fact = { kind: 'exited', of: RUN, exit: exit({ code: 0 }), leftovers: false };
const EXITED_WITH_CHILDREN: Fact = { ...EXITED, leftovers: true };
const TREE_GONE: Fact = { kind: 'treeEnded', of: RUN };
const MEMORY: Fact = { kind: 'limitExceeded', of: RUN, resource: 'memory', measured: 600, limit: 500, samples: [600] };

describe('a request to stop', () => {
  test.each<[string, LifecycleState, Partial<ProcessSpecInput>, Fact, string]>([
    ['sends the stop signal and waits 30 s', UP, {}, STOP, 'stopping, «stopping», SIGTERM to main, arm 30000'],
    [
      'sends the signal of the definition',
      UP,
      { stop: { signal: 'SIGINT' } },
      STOP,
      'stopping, «stopping», SIGINT to main, arm 30000',
    ],
    [
      'waits as long as the definition says',
      UP,
      { stop: { gracefulTimeoutMs: 7_000 } },
      STOP,
      'stopping, «stopping», SIGTERM to main, arm 7000',
    ],
    [
      'waits as long as the request says',
      UP,
      { stop: { gracefulTimeoutMs: 7_000 } },
      { ...STOP, timeoutMs: 250 },
      'stopping, «stopping», SIGTERM to main, arm 250',
    ],
    [
      'does not wait with a timeout of 0',
      UP,
      {},
      { ...STOP, timeoutMs: 0 },
      'stopping, «stopping», SIGTERM to main, arm 0',
    ],
    [
      'of a paused program sends it the same signal',
      PAUSED,
      {},
      STOP,
      'stopping, «stopping», SIGTERM to main, arm 30000',
    ],
    [
      'sends the signal to the process group if the definition says so',
      UP,
      { stop: { target: 'group' } },
      STOP,
      'stopping, «stopping», SIGTERM to group, arm 30000',
    ],
    [
      'sends the signal to the whole tree if the definition says so',
      UP,
      { stop: { target: 'tree' } },
      STOP,
      'stopping, «stopping», SIGTERM to tree, arm 30000',
    ],
    ['kills right away if it is forced', UP, {}, KILL, 'stopping, «killed», killTree, arm 5000'],
    [
      'checks SIGKILL after the time of the definition',
      UP,
      { stop: { forceTimeoutMs: 9_000 } },
      KILL,
      'stopping, «killed», killTree, arm 9000',
    ],
    [
      'for a restart waits as long as the request says',
      UP,
      {},
      { ...RESTART, timeoutMs: 100 },
      'stopping, «stopping», SIGTERM to main, arm 100',
    ],
    [
      'to disable waits as long as the definition says',
      UP,
      { stop: { gracefulTimeoutMs: 7_000 } },
      DISABLE,
      'stopping, «stopping», SIGTERM to main, arm 7000',
    ],
    [
      'to remove waits as long as the definition says',
      UP,
      { stop: { gracefulTimeoutMs: 7_000 } },
      REMOVE,
      'stopping, «stopping», SIGTERM to main, arm 7000',
    ],
    ['for healing waits a second', UP, {}, MEMORY, 'stopping, «limit-memory», «stopping», SIGTERM to main, arm 1000'],
    [
      'for healing waits as long as the definition says',
      UP,
      { healTimeoutMs: 200 },
      MEMORY,
      'stopping, «limit-memory», «stopping», SIGTERM to main, arm 200',
    ],
  ])('%s', (_what, state, fields, fact, expected) => {
    expect(summaryOf(decide(program(state, { spec: spec(fields) }), [fact]))).toBe(expected);
  });

  test('reports who requested it, which signal was sent, and how long healer waits', () => {
    expect(reasonsOf(decide(program(UP), [{ ...STOP, by: 'engine' }]))).toEqual([
      'stopped by the engine; sent SIGTERM, waiting up to 30 s',
    ]);
    expect(reasonsOf(decide(program(UP), [MEMORY]))).toEqual([
      'memory 600 MB exceeded limit 500 MB',
      'stopped: memory 600 MB exceeded limit 500 MB; sent SIGTERM, waiting up to 1 s',
    ]);
  });
});

describe('the escalation of a stop', () => {
  test.each<[string, readonly Fact[], string, string]>([
    ['kills once the timeout expires', [STOP, ELAPSED], 'stopping, «killed», killTree, arm 5000', 'forced'],
    [
      'reports once that SIGKILL did not help',
      [STOP, ELAPSED, ELAPSED],
      'stopping, «terminate-failed», killTree, arm 5000',
      'stuck',
    ],
    ['then kills again without a report', [STOP, ELAPSED, ELAPSED, ELAPSED], 'stopping, killTree, arm 5000', 'stuck'],
    ['is skipped by a forced stop', [STOP, KILL], 'stopping, «killed», killTree, arm 5000', 'forced'],
    ['is not repeated by a second forced stop', [KILL, KILL], 'stopping', 'forced'],
    ['is not restarted by a second graceful stop', [STOP, STOP], 'stopping', 'graceful'],
    ['is not undone by a graceful stop after a forced one', [KILL, STOP], 'stopping', 'forced'],
    [
      'is repeated by a forced stop for a process that survived SIGKILL',
      [KILL, ELAPSED, KILL],
      'stopping, «killed», killTree, arm 5000',
      'forced',
    ],
  ])('%s', (_what, facts, expected, stage) => {
    const decision = decide(program(UP), facts);
    expect(summaryOf(decision)).toBe(expected);
    expect(decision.program.state).toMatchObject({ stage });
  });

  test('names the timeout', () => {
    expect(reasonsOf(decide(program(UP), [STOP, ELAPSED]))).toEqual([
      'stopped by the operator; force killed: still running 30 s after SIGTERM',
    ]);
    expect(reasonsOf(decide(program(UP), [{ ...STOP, timeoutMs: 4_000 }, ELAPSED]))).toEqual([
      'stopped by the operator; force killed: still running 4 s after SIGTERM',
    ]);
    expect(reasonsOf(decide(program(UP), [MEMORY, ELAPSED]))).toEqual([
      'stopped: memory 600 MB exceeded limit 500 MB; force killed: still running 1 s after SIGTERM',
    ]);
    expect(reasonsOf(decide(program(UP), [STOP, EXITED_WITH_CHILDREN, ELAPSED]))).toEqual([
      'stopped by the operator; leftover processes force killed: still running at the stop timeout of 30 s',
    ]);
    expect(reasonsOf(decide(program(UP), [STOP, ELAPSED, ELAPSED]))).toEqual([
      'still running 5 s after SIGKILL (process in uninterruptible sleep?)',
    ]);
  });
});

describe('the last request decides what follows the stop', () => {
  test.each<[string, readonly Fact[], string]>([
    ['stop', [STOP], 'stopped, «exited», closeRun'],
    ['stop, then start', [STOP, START], 'launching, «exited», closeRun, spawn 2'],
    ['stop, then restart', [STOP, RESTART], 'launching, «exited», closeRun, spawn 2'],
    ['stop, then disable', [STOP, DISABLE], 'disabled, «exited», closeRun, «disabled»'],
    ['stop, then remove', [STOP, REMOVE], 'stopped, «exited», closeRun, «removed», forget'],
    ['restart', [RESTART], 'launching, «exited», closeRun, spawn 2'],
    ['restart, then stop', [RESTART, STOP], 'stopped, «exited», closeRun'],
    ['restart, then disable', [RESTART, DISABLE], 'disabled, «exited», closeRun, «disabled»'],
    ['disable', [DISABLE], 'disabled, «exited», closeRun, «disabled»'],
    ['disable, then stop', [DISABLE, STOP], 'disabled, «exited», closeRun, «disabled»'],
    ['disable, then kill', [DISABLE, KILL], 'disabled, «exited», closeRun, «disabled»'],
    ['disable, then restart', [DISABLE, RESTART], 'launching, «exited», closeRun, spawn 2'],
    ['disable, then remove', [DISABLE, REMOVE], 'stopped, «exited», closeRun, «removed», forget'],
    ['remove', [REMOVE], 'stopped, «exited», closeRun, «removed», forget'],
    ['remove, then start', [REMOVE, START], 'stopped, «exited», closeRun, «removed», forget'],
    ['remove, then restart', [REMOVE, RESTART], 'stopped, «exited», closeRun, «removed», forget'],
    ['remove, then disable', [REMOVE, DISABLE], 'stopped, «exited», closeRun, «removed», forget'],
    ['remove, then stop', [REMOVE, STOP], 'stopped, «exited», closeRun, «removed», forget'],
    ['healing', [MEMORY], 'launching, «exited», closeRun, spawn 2'],
    ['healing, then stop', [MEMORY, STOP], 'stopped, «exited», closeRun'],
    ['healing, then disable', [MEMORY, DISABLE], 'disabled, «exited», closeRun, «disabled»'],
  ])('%s', (_what, facts, expected) => {
    expect(summaryOf(decide(program(UP), [...facts, EXITED]))).toBe(expected);
  });
});

describe('children that outlive the program', () => {
  test.each<[string, readonly Fact[], string]>([
    [
      'delay the completion of a stop',
      [STOP, EXITED_WITH_CHILDREN],
      'stopping, «exited», SIGTERM to tree, watchLeftovers',
    ],
    [
      'complete a stop once they have exited',
      [STOP, EXITED_WITH_CHILDREN, TREE_GONE],
      'stopped, «leftovers-ended», closeRun',
    ],
    [
      'are killed once the timeout expires',
      [STOP, EXITED_WITH_CHILDREN, ELAPSED],
      'stopping, «killed», killTree, arm 5000',
    ],
    ['delay a restart', [RESTART, EXITED_WITH_CHILDREN], 'stopping, «exited», SIGTERM to tree, watchLeftovers'],
    ['are not signaled again after SIGKILL', [KILL, EXITED_WITH_CHILDREN], 'stopping, «exited», watchLeftovers'],
    [
      'are terminated after a crash',
      [EXITED_WITH_CHILDREN],
      'stopping, «exited», SIGTERM to tree, watchLeftovers, arm 1000',
    ],
    ['are killed a second after a crash', [EXITED_WITH_CHILDREN, ELAPSED], 'stopping, «killed», killTree, arm 5000'],
    ['do not make the exit count twice', [STOP, EXITED_WITH_CHILDREN, EXITED], 'stopping'],
    ['are not waited for before the program itself has exited', [STOP, TREE_GONE], 'stopping'],
  ])('%s', (_what, facts, expected) => {
    expect(summaryOf(decide(program(UP), facts))).toBe(expected);
  });

  test.each<[target: 'main' | 'group' | 'tree', expected: string]>([
    ['main', 'stopping, «exited», SIGINT to tree, watchLeftovers'],
    ['group', 'stopping, «exited», SIGINT to outside-group, watchLeftovers'],
    ['tree', 'stopping, «exited», watchLeftovers'],
  ])('are sent the stop signal once, with the stop target %s', (target, expected) => {
    const stopped = program(UP, { spec: spec({ stop: { target, signal: 'SIGINT' } }) });
    expect(summaryOf(decide(stopped, [STOP, EXITED_WITH_CHILDREN]))).toBe(expected);
  });

  test.each<[string, readonly Fact[], string]>([
    ['a stop', [STOP, EXITED_WITH_CHILDREN], 'stopped, «exited», closeRun'],
    ['a successful exit', [EXITED_WITH_CHILDREN], 'exited, closeRun, «exited»'],
  ])('may be left alone by the definition after %s', (_what, facts, expected) => {
    expect(summaryOf(decide(program(UP, { spec: spec({ leftovers: 'leave' }) }), facts))).toBe(expected);
  });
});

describe('a program without a process', () => {
  const pending = EACH_STATE.filter(({ name }) =>
    ['waiting', 'backoff', 'cooldown', 'failed', 'exited'].includes(name),
  );

  test.each(pending)('in the state $name is stopped, disabled and removed right away', (state) => {
    expect(summaryOf(decide(program(state), [STOP]))).toBe('stopped, «stopped»');
    expect(summaryOf(decide(program(state), [DISABLE]))).toBe('disabled, «disabled»');
    expect(summaryOf(decide(program(state), [REMOVE]))).toBe('stopped, «removed», forget');
    expect(summaryOf(decide(program(state), [RESTART]))).toBe('launching, spawn 2');
  });

  test('that is stopped already is not reported as stopped again', () => {
    expect(summaryOf(decide(program({ name: 'stopped' }), [STOP]))).toBe('stopped');
  });

  test('that is disabled is neither stopped nor restarted, but removed', () => {
    expect(summaryOf(decide(program({ name: 'disabled' }), [STOP]))).toBe('disabled');
    expect(summaryOf(decide(program({ name: 'disabled' }), [RESTART]))).toBe('disabled');
    expect(summaryOf(decide(program({ name: 'disabled' }), [REMOVE]))).toBe('stopped, «removed», forget');
  });
});

describe('what follows each goal of a stop', () => {
  test.each<[StopGoal, string, string]>([
    [{ kind: 'stop' }, 'stopped, «exited», closeRun', 'requested'],
    [{ kind: 'disable' }, 'disabled, «exited», closeRun, «disabled»', 'requested'],
    [{ kind: 'remove' }, 'stopped, «exited», closeRun, «removed», forget', 'requested'],
    [{ kind: 'restart', cause: 'operator' }, 'launching, «exited», closeRun, spawn 2', 'requested'],
    [
      { kind: 'heal', fault: 'CPU 95% exceeded limit 80%', cause: 'limit' },
      'launching, «exited», closeRun, spawn 2',
      'restarted: CPU 95% exceeded limit 80%',
    ],
    [
      { kind: 'fail', fault: 'did not become healthy in time' },
      'failed, «exited», closeRun, «failed»',
      'stopped: did not become healthy in time',
    ],
    [
      { kind: 'await-fleet', afterMs: 60_000 },
      'waiting, «exited», closeRun, «waiting», arm 1000',
      'waiting for the connection to the fleet: this host has had none for 1 min, so another host may be running it',
    ],
    [
      { kind: 'clear-up' },
      'exited, «exited», closeRun',
      'exited with code 0 after 1.5 s; not restarted (restart policy "on-failure")',
    ],
  ])('%o', (goal, expected, why) => {
    const stopping = program({ name: 'stopping', run: RUN, goal, stage: 'graceful', exit: null }, { why: 'requested' });
    const decision = decide(stopping, [EXITED]);
    expect(summaryOf(decision)).toBe(expected);
    expect(decision.program.why).toBe(why);
  });
});

describe('a fault', () => {
  test.each<[string, LifecycleState, string]>([
    ['running', UP, 'stopping, «limit-memory», «stopping», SIGTERM to main, arm 1000'],
    ['starting', { name: 'starting', run: RUN }, 'stopping, «limit-memory», «stopping», SIGTERM to main, arm 1000'],
    ['paused', PAUSED, 'paused'],
  ])('of a program that is %s', (_what, state, expected) => {
    expect(summaryOf(decide(program(state), [MEMORY]))).toBe(expected);
  });

  test.each([
    ['cpu', 95.5, 80, 'CPU 95.5% exceeded limit 80%'],
    ['memory', 512, 500, 'memory 512 MB exceeded limit 500 MB'],
  ] as const)('of %s is described with its figures', (resource, measured, limit, reason) => {
    const fact: Fact = { kind: 'limitExceeded', of: RUN, resource, measured, limit, samples: [measured] };
    expect(reasonsOf(decide(program(UP), [fact]))[0]).toBe(reason);
  });

  test.each([
    ['held', 'would have restarted: memory 600 MB exceeded limit 500 MB'],
    ['observed', 'would have restarted: memory 600 MB exceeded limit 500 MB'],
    ['shutting-down', null],
  ] as const)('is only reported while healing is suppressed (%s)', (suppression, reason) => {
    const decision = decide(program(UP), [MEMORY], { ...circumstances(), suppression });
    expect(decision.program.state).toEqual(UP);
    expect(reasonsOf(decision)).toEqual(['memory 600 MB exceeded limit 500 MB', ...(reason === null ? [] : [reason])]);
  });

  const anomaly = (action: 'log' | 'restart' | 'kill'): Fact => ({
    kind: 'anomalyFound',
    of: RUN,
    anomaly: 'memory-leak',
    evidence: { sentence: 'memory rose', figures: { toMb: 9 } },
    action,
  });
  test.each([
    ['log', null, 'running, «memory-leak»'],
    ['restart', null, 'stopping, «memory-leak», «stopping», SIGTERM to main, arm 1000'],
    ['kill', null, 'stopping, «memory-leak», «killed», killTree, arm 5000'],
    ['log', 'held', 'running, «memory-leak»'],
    ['restart', 'held', 'running, «memory-leak», «would-restart»'],
    ['kill', 'observed', 'running, «memory-leak», «would-restart»'],
    ['kill', 'shutting-down', 'running, «memory-leak»'],
  ] as const)(
    'that a detector found, with the action %s and healing suppressed by %s',
    (action, suppression, expected) => {
      expect(summaryOf(decide(program(UP), [anomaly(action)], { ...circumstances(), suppression }))).toBe(expected);
    },
  );
});
