import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import { recall } from '../../../src/policy/lifecycle/adoption.ts';
import type { LifecycleState } from '../../../src/policy/lifecycle/state.ts';
import { type StopStep, stopSteps, stopTimeMs } from '../../../src/policy/lifecycle/stop-steps.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { fromRecord, programRecordSchema, toRecord } from '../../../src/engine/store/program-record.ts';
import { circumstances, exit, program, RUN, spec } from '../../support/programs.ts';
import { decide, reasonsOf, summaryOf } from './support.ts';

const UP: LifecycleState = { name: 'running', run: RUN };
const STOP: Fact = { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' };
const ELAPSED: Fact = { kind: 'timeElapsed' };
const EXITED: Fact = { kind: 'exited', of: RUN, exit: exit({ code: 0 }), leftovers: false };
const COMMAND_FAILED: Fact = { kind: 'stopCommandEnded', of: RUN, ok: false, outcome: 'exited with code 1' };
const COMMAND_PASSED: Fact = { ...COMMAND_FAILED, ok: true, outcome: 'exited with code 0' };
const MEMORY: Fact = { kind: 'limitExceeded', of: RUN, resource: 'memory', measured: 600, limit: 500, samples: [600] };
const SEQUENCE: Partial<ProcessSpecInput> = {
  stop: { sequence: [['SIGINT', '5s'], ['SIGTERM', '10s'], 'SIGKILL'] },
};
const COMMAND = { stop: { command: { command: 'quit', timeoutMs: 4_000 }, gracefulTimeoutMs: 7_000 } };

function up(fields: Partial<ProcessSpecInput>): ReturnType<typeof program> {
  return program(UP, { spec: spec(fields) });
}

describe('a stop sequence', () => {
  test('sends each signal once and SIGKILL at the end', () => {
    const steps = [[STOP], [STOP, ELAPSED], [STOP, ELAPSED, ELAPSED]].map((facts) =>
      summaryOf(decide(up(SEQUENCE as never), facts)),
    );
    expect(steps).toEqual([
      'stopping, «stopping», SIGINT to main, arm 5000',
      'stopping, «stopping», SIGTERM to main, arm 10000',
      'stopping, «killed», killTree, arm 5000',
    ]);
  });

  test('says after each step what happened', () => {
    const second = decide(up(SEQUENCE), [STOP, ELAPSED]);
    const last = decide(up(SEQUENCE), [STOP, ELAPSED, ELAPSED]);
    expect(reasonsOf(second)).toEqual(['still running 5 s after SIGINT; sent SIGTERM, waiting up to 10 s']);
    expect(reasonsOf(last)).toEqual(['stopped by the operator; force killed: still running 10 s after SIGTERM']);
  });

  test('ends once the program has exited', () => {
    expect(decide(up(SEQUENCE), [STOP, ELAPSED, EXITED]).program.state.name).toBe('stopped');
  });

  test('sends the rest of the tree the signal of the current step, and later ones to all that is left', () => {
    const facts: Fact[] = [STOP, ELAPSED, { ...EXITED, leftovers: true }];
    expect(summaryOf(decide(up(SEQUENCE), facts))).toBe('stopping, «exited», SIGTERM to tree, watchLeftovers');
    const early: Fact[] = [STOP, { ...EXITED, leftovers: true }, ELAPSED];
    expect(summaryOf(decide(up(SEQUENCE), early))).toBe('stopping, «stopping», SIGTERM to tree, arm 10000');
  });

  test.each<[string, number | null, boolean, readonly StopStep[]]>([
    ['as defined', null, false, [signal('SIGINT', 5_000), signal('SIGTERM', 10_000)]],
    ['within a shorter timeout', 7_000, false, [signal('SIGINT', 5_000), signal('SIGTERM', 2_000)]],
    ['within a timeout for the first signal alone', 3_000, false, [signal('SIGINT', 3_000)]],
    ['within a longer timeout', 60_000, false, [signal('SIGINT', 5_000), signal('SIGTERM', 55_000)]],
    ['when healing is in a hurry', 1_000, true, [signal('SIGINT', 1_000)]],
  ])('takes %s', (_, timeoutMs, isHealing, steps) => {
    expect(stopSteps(spec(SEQUENCE).stop, { timeoutMs, isHealing })).toEqual(steps);
  });

  test('is shortened by a second request with a timeout', () => {
    const facts: Fact[] = [STOP, { ...STOP, timeoutMs: 1_000 }];
    expect(summaryOf(decide(up(SEQUENCE), facts))).toBe('stopping, «stopping», arm 1000 if sooner');
    expect(summaryOf(decide(up(SEQUENCE), [...facts, ELAPSED]))).toBe('stopping, «killed», killTree, arm 5000');
  });

  test('counts as a whole for those who wait', () => {
    expect(stopTimeMs(spec(SEQUENCE).stop)).toBe(15_000);
    expect(stopTimeMs(spec(COMMAND).stop)).toBe(11_000);
  });
});

describe('a stop command', () => {
  test('runs before the signals', () => {
    const decision = decide(up(COMMAND), [STOP]);
    expect(summaryOf(decision)).toBe('stopping, «stopping», stop command 4000, arm 4000');
    expect(reasonsOf(decision)).toEqual(['stopped by the operator; running the stop command, waiting up to 4 s']);
  });

  test.each<[string, Fact[], string, string[]]>([
    [
      'that fails is followed by the signals at once',
      [COMMAND_FAILED],
      'stopping, «stopping», SIGTERM to main, arm 7000',
      ['the stop command exited with code 1; sent SIGTERM, waiting up to 7 s'],
    ],
    ['that succeeds leaves the program the rest of its time', [COMMAND_PASSED], 'stopping', []],
    [
      'that succeeds without effect is followed by the signals',
      [COMMAND_PASSED, ELAPSED],
      'stopping, «stopping», SIGTERM to main, arm 7000',
      ['still running 4 s after the stop command was started; sent SIGTERM, waiting up to 7 s'],
    ],
    ['that fails after its time changes nothing', [ELAPSED, COMMAND_FAILED], 'stopping', []],
    [
      'whose program left processes is followed by the signals for these',
      [{ ...EXITED, leftovers: true }],
      'stopping, «exited», «stopping», SIGTERM to tree, arm 7000, watchLeftovers',
      [
        'exited with code 0 after 1 s; stopped by the operator',
        'leftover processes remain; sent SIGTERM, waiting up to 7 s',
      ],
    ],
  ])('%s', (_, facts, summary, reasons) => {
    const decision = decide(up(COMMAND), [STOP, ...facts]);
    expect(summaryOf(decision)).toBe(summary);
    expect(
      reasonsOf(decision).map((reason) => reason.replace(/after [\d.]+ m?s; stopped/, 'after 1 s; stopped')),
    ).toEqual(reasons);
  });

  test('is not run by healing', () => {
    expect(summaryOf(decide(up(COMMAND), [MEMORY]))).toBe(
      'stopping, «limit-memory», «stopping», SIGTERM to main, arm 1000',
    );
  });
});

describe('an engine that is killed during a stop', () => {
  const recalled = (fields: Partial<ProcessSpecInput>, facts: readonly Fact[]): ReturnType<typeof recall> => {
    const { program: before } = decide(up(fields), facts);
    const record = programRecordSchema.parse(JSON.parse(JSON.stringify(toRecord(before))));
    const after = fromRecord(record, before.spec, circumstances().now);
    return recall(after, { kind: 'alive', run: RUN, paused: false }, circumstances());
  };

  test('is followed by one that continues with the current signal, without sending it again', () => {
    const decision = recalled(SEQUENCE, [STOP, ELAPSED]);
    expect(summaryOf(decision)).toBe('stopping, «adopted», «stopping», arm 10000');
    expect(summaryOf(decide(decision.program, [ELAPSED]))).toBe('stopping, «killed», killTree, arm 5000');
  });

  test('is followed by one that takes the remaining steps', () => {
    const decision = recalled(SEQUENCE, [STOP]);
    expect(summaryOf(decision)).toBe('stopping, «adopted», «stopping», arm 5000');
    expect(summaryOf(decide(decision.program, [ELAPSED]))).toBe('stopping, «stopping», SIGTERM to main, arm 10000');
  });

  test('is followed by one that runs the stop command again', () => {
    const decision = recalled(COMMAND, [STOP]);
    expect(summaryOf(decision)).toBe('stopping, «adopted», «stopping», stop command 4000, arm 4000');
  });

  test('is followed by one that requests a stop of a single signal again', () => {
    expect(summaryOf(recalled({}, [STOP]))).toBe('stopping, «adopted», «stopping», SIGTERM to main, arm 30000');
  });
});

function signal(name: string, waitMs: number): StopStep {
  return { kind: 'signal', signal: name, waitMs };
}
