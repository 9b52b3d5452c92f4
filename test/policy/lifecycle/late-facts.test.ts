import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import { advance } from '../../../src/policy/lifecycle/lifecycle.ts';
import type { LifecycleState, MainProcess } from '../../../src/policy/lifecycle/state.ts';
import { circumstances, EACH_STATE, exit, program, RUN, spec } from '../../support/programs.ts';
import { decide, summaryOf } from './support.ts';

const EVIDENCE = { asked: 'TCP 127.0.0.1:80', ok: false, answer: 'refused', latencyMs: 1, times: 2 };

/** Returns every fact that is observed of a process. */
function observationsOf(of: MainProcess): readonly Fact[] {
  return [
    { kind: 'exited', of, exit: exit(), leftovers: false },
    { kind: 'exited', of, exit: exit({ code: null }), leftovers: true },
    { kind: 'mainFound', of, pid: 12, startTicks: 5, source: 'in "/run/web.pid"' },
    { kind: 'mainMissing', of, problem: 'it left no process in the background', leftovers: true },
    { kind: 'treeEnded', of },
    { kind: 'limitExceeded', of, resource: 'memory', measured: 600, limit: 500, samples: [600] },
    { kind: 'anomalyFound', of, anomaly: 'memory-leak', evidence: { sentence: 'a leak', figures: {} }, action: 'kill' },
    { kind: 'zombiesNotReaped', of, pids: [7], story: '1 zombie' },
    { kind: 'becameHealthy', of, evidence: { ...EVIDENCE, ok: true } },
    { kind: 'becameUnhealthy', of, evidence: EVIDENCE },
    { kind: 'startupCheckFailed', of, evidence: EVIDENCE },
  ];
}

const SEARCHING: LifecycleState = { name: 'starting', run: RUN, forked: exit({ code: 0 }) };
const CLEARING: LifecycleState = {
  ...{ name: 'stopping', run: RUN, goal: { kind: 'clear-up' }, stage: 'graceful' },
  exit: exit(),
};

describe('an observation of another process than the main process', () => {
  test.each<[string, MainProcess]>([
    ['of an earlier run', { ...RUN, number: RUN.number - 1, pid: 4_000 }],
    ['of an earlier run with the same pid', { ...RUN, number: RUN.number - 1 }],
    ['of a later run', { ...RUN, number: RUN.number + 1, pid: 5_000 }],
    ['of another process of the same run', { ...RUN, pid: 4_710 }],
    ['of a process that had the same pid before', { ...RUN, startTicks: 98 }],
  ])('changes nothing in any state: %s', (_what, of) => {
    for (const state of [...EACH_STATE, SEARCHING, CLEARING]) {
      const current = program(state, { spec: spec({ type: 'forking' }) });
      for (const fact of observationsOf(of)) {
        expect(advance(current, fact, circumstances()), `${fact.kind} in ${state.name}`).toEqual({
          program: current,
          actions: [],
        });
      }
    }
  });

  test('includes the second report of an exit after which the program was found in the background', () => {
    const forking = program({ name: 'starting', run: RUN }, { spec: spec({ type: 'forking' }) });
    const found = decide(forking, [
      { kind: 'exited', of: RUN, exit: exit({ code: 0 }), leftovers: true },
      { kind: 'mainFound', of: RUN, pid: 4_712, startTicks: 101, source: 'in "/run/web.pid"' },
    ]);
    expect(summaryOf(found)).toBe('starting, «forked», followMain, arm 1000');
    const again = decide(found.program, [{ kind: 'exited', of: RUN, exit: exit({ code: null }), leftovers: true }]);
    expect(again).toEqual({ program: found.program, actions: [] });
  });

  test('does not include a process whose start time is unknown', () => {
    const running = program({ name: 'running', run: RUN });
    const exited: Fact = { kind: 'exited', of: { ...RUN, startTicks: null }, exit: exit(), leftovers: false };
    expect(summaryOf(decide(running, [exited]))).toBe('launching, closeRun, «crashed», spawn 2');
  });
});
