import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import type { Program } from '../../../src/policy/lifecycle/state.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { circumstances, program, RUN, spec } from '../../support/programs.ts';
import { decide, reasonsOf, summaryOf } from './support.ts';

const READY: Fact = { kind: 'becameReady', of: RUN, how: 'it sent READY=1' };
const EXTENDED: Fact = { kind: 'timeoutExtended', of: RUN, extraMs: 5_000 };
const TIMER: Fact = { kind: 'timeElapsed' };

type Ready = NonNullable<ProcessSpecInput['ready']>;

function starting(fields: Partial<ProcessSpecInput>): Program {
  return program({ name: 'starting', run: RUN }, { spec: spec(fields) });
}

describe('a program that is starting', () => {
  test('is running once it is ready', () => {
    const decision = decide(starting({ ready: { notify: true } }), [READY]);
    expect(summaryOf(decision)).toBe('running, «running»');
    expect(reasonsOf(decision)).toEqual(['ready: it sent READY=1']);
  });

  test.each<[string, Partial<ProcessSpecInput>, string]>([
    ['startSeconds', { startSeconds: 2 }, 'up for 2 s'],
    ['ready.delayMs', { startSeconds: 2, ready: { delayMs: 500 } }, 'up for 500 ms'],
  ])('is running after %s', (_, fields, reason) => {
    const decision = decide(starting(fields), [TIMER]);
    expect(summaryOf(decision)).toBe('running, «running»');
    expect(reasonsOf(decision)).toEqual([reason]);
  });

  test('without a sign of readiness does not become ready by one', () => {
    expect(summaryOf(decide(starting({}), [READY]))).toBe('starting');
  });

  test('is not ready because of a late sign of another state', () => {
    expect(summaryOf(decide(program({ name: 'stopped' }, { spec: spec({ ready: { notify: true } }) }), [READY]))).toBe(
      'stopped',
    );
  });
});

describe('a program that is not ready in time', () => {
  const late = (ready: Partial<Ready>, fields: Partial<ProcessSpecInput> = {}): ReturnType<typeof decide> =>
    decide(starting({ ready: { notify: true, timeoutMs: 4_000, ...ready }, ...fields }), [TIMER]);

  test.each<[Ready['failAction'], string, object]>([
    ['restart', 'stopping', { kind: 'heal', cause: 'health' }],
    ['disable', 'stopping', { kind: 'disable' }],
    ['fail', 'stopping', { kind: 'fail' }],
  ])('with failAction: %s is stopped', (failAction, name, goal) => {
    const { state } = late({ failAction }).program;
    expect(state).toMatchObject({ name, goal });
  });

  test('with failAction: warn counts as running, and the fault is reported', () => {
    const decision = late({ failAction: 'warn' });
    expect(summaryOf(decision)).toBe('running, «startup-check-failed»');
    expect(decision.program.why).toBe('running, but not ready within 4 s: it did not send READY=1');
  });

  test('in observe mode counts as running, and healing is reported as suppressed', () => {
    expect(summaryOf(late({}, { healing: 'observe' }))).toBe('running, «startup-check-failed», «would-restart»');
  });

  test('while healing is paused counts as running', () => {
    const paused = { ...circumstances(), suppression: 'held' as const };
    const fields: Partial<ProcessSpecInput> = { ready: { notify: true, timeoutMs: 4_000 } };
    expect(decide(starting(fields), [TIMER], paused).program.state.name).toBe('running');
  });

  test.each<[Ready, string]>([
    [{ log: 'listening' }, 'no line of its output matched "listening"'],
    [{ notify: true }, 'it did not send READY=1'],
    [{ fd: 3 }, 'it did not write a newline to descriptor 3'],
    [{ message: 'ready' }, 'it did not send the message "ready"'],
  ])('says what was missed: %j', (ready, missed) => {
    expect(reasonsOf(decide(starting({ ready }), [TIMER]))[0]).toBe(`not ready within 60 s: ${missed}`);
  });
});

describe('a request for more time', () => {
  test.each<[string, Program, string]>([
    ['extends a start', starting({ ready: { notify: true } }), 'starting, arm 5000 if later'],
    [
      'extends a graceful stop',
      program({ name: 'stopping', run: RUN, goal: { kind: 'stop' }, stage: 'graceful', exit: null }),
      'stopping, arm 5000 if later',
    ],
    [
      'does not extend SIGKILL',
      program({ name: 'stopping', run: RUN, goal: { kind: 'stop' }, stage: 'forced', exit: null }),
      'stopping',
    ],
    ['does not extend a delay', starting({ ready: { delayMs: 100 } }), 'starting'],
    ['has no effect while it is running', program({ name: 'running', run: RUN }), 'running'],
  ])('%s', (_, from, summary) => {
    expect(summaryOf(decide(from, [EXTENDED]))).toBe(summary);
  });
});
