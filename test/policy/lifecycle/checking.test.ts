import { describe, expect, test } from 'vitest';
import type { HealthEvidence } from '../../../src/policy/health.ts';
import type { Decision } from '../../../src/policy/lifecycle/actions.ts';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import { advance } from '../../../src/policy/lifecycle/lifecycle.ts';
import type { Program } from '../../../src/policy/lifecycle/state.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { circumstances, exit, program, RUN, spec, START } from '../../support/programs.ts';

const NOW = circumstances();
const EVIDENCE: HealthEvidence = { asked: 'TCP 127.0.0.1:80', ok: false, answer: 'refused', latencyMs: 1, times: 2 };
const PASS: Fact = {
  kind: 'becameHealthy',
  of: RUN,
  evidence: { ...EVIDENCE, ok: true, answer: 'took the connection' },
};
const FAIL: Fact = { kind: 'becameUnhealthy', of: RUN, evidence: EVIDENCE };
const NOT_IN_TIME: Fact = { kind: 'startupCheckFailed', of: RUN, evidence: EVIDENCE };
const ENDED: Fact = { kind: 'exited', of: RUN, exit: exit({ code: 0 }), leftovers: false };

function checked(
  state: 'starting' | 'running' | 'paused',
  fields: Partial<ProcessSpecInput> = {},
  known: Partial<Program> = {},
): Program {
  const check = { type: 'tcp', port: 80 } as const;
  return program({ name: state, run: RUN }, { spec: spec({ health: { check }, ...fields }), ...known });
}

function decide(before: Program, ...facts: readonly Fact[]): Decision {
  return facts.reduce<Decision>((decision, fact) => advance(decision.program, fact, NOW), {
    program: before,
    actions: [],
  });
}

function eventsOf({ actions }: Decision): string[] {
  return actions.flatMap((action) => (action.kind === 'emit' ? [action.event] : []));
}

describe('a program with a health check', () => {
  test('is starting until its check has passed, however long that takes', () => {
    const started = decide(checked('starting', {}, { state: { name: 'launching', cause: 'boot' } }), {
      kind: 'spawned',
      run: RUN,
    });
    expect(started.program.state.name).toBe('starting');
    expect(started.actions.map(({ kind }) => kind)).not.toContain('arm');
    const up = decide(started.program, PASS);
    expect(up.program).toMatchObject({ state: { name: 'running' }, health: 'healthy' });
    expect(eventsOf(up)).toEqual(['running', 'healthy']);
  });

  test('is stopped and restarted when it becomes unhealthy, with the evidence in the event', () => {
    const healing = decide(checked('running', {}, { health: 'healthy' }), FAIL);
    expect(eventsOf(healing)).toEqual(['unhealthy', 'stopping']);
    expect(healing.actions[0]).toMatchObject({
      reason: 'health check failed: TCP 127.0.0.1:80 refused, 2 times in a row',
      data: EVIDENCE,
    });
    expect(healing.actions).toContainEqual({ kind: 'sendStop', run: RUN, signal: 'SIGTERM', to: 'main' });
    expect(healing.actions).toContainEqual({ kind: 'arm', afterMs: 1000 });
    const again = decide(healing.program, ENDED);
    expect(again.program).toMatchObject({ state: { name: 'launching', cause: 'health' }, health: 'unknown' });
    const { history } = decide(again.program, { kind: 'spawned', run: RUN }).program.counters;
    expect(history).toEqual([{ at: START, cause: 'health' }]);
    expect(again.program.why).toBe('restarted: health check failed: TCP 127.0.0.1:80 refused, 2 times in a row');
  });

  test.each([
    ['restart', 'launching'],
    ['disable', 'disabled'],
    ['fail', 'failed'],
  ] as const)('that never becomes healthy is stopped, then "%s"', (failAction, state) => {
    const health = { check: { type: 'tcp', port: 80 }, startupCheck: { failAction } } as const;
    const failing = decide(checked('starting', { health }), NOT_IN_TIME);
    expect(failing.actions[0]).toMatchObject({ event: 'startup-check-failed', data: { action: failAction } });
    expect(failing.program.state.name).toBe('stopping');
    const after = decide(failing.program, ENDED);
    expect(after.program.state.name).toBe(state);
    expect(after.program.why).toContain('did not become healthy in time: TCP 127.0.0.1:80 refused');
  });

  test('is not checked while it is paused', () => {
    const frozen = checked('paused', {}, { health: 'healthy' });
    expect(decide(frozen, FAIL)).toEqual({ program: frozen, actions: [] });
  });

  test('keeps its health until its run ends', () => {
    const stopping = decide(checked('running', {}, { health: 'healthy' }), {
      kind: 'restartRequested',
      timeoutMs: null,
      by: 'operator',
    });
    expect(stopping.program.health).toBe('healthy');
    expect(decide(stopping.program, ENDED).program.health).toBe('unknown');
  });

  test('has an unknown health when it was adopted', () => {
    const fact: Fact = { kind: 'adopted', run: RUN, paused: false };
    const adopted = decide(program({ name: 'stopped' }, { spec: checked('running').spec }), fact);
    expect(adopted.program).toMatchObject({ state: { name: 'running' }, health: 'unknown' });
  });

  test('reports a change once', () => {
    const healthy = decide(checked('running'), PASS).program;
    expect(decide(healthy, PASS)).toEqual({ program: healthy, actions: [] });
  });
});

describe('a program in observe mode', () => {
  const OBSERVED = { healing: 'observe' } as const;

  test('is reported as unhealthy once, and not restarted', () => {
    const first = decide(checked('running', OBSERVED), FAIL);
    expect(eventsOf(first)).toEqual(['unhealthy', 'would-restart']);
    expect(first.program).toMatchObject({ state: { name: 'running' }, health: 'unhealthy' });
    expect(first.program.why).toContain('TCP 127.0.0.1:80 refused');
    expect(decide(first.program, FAIL).actions).toEqual([]);
  });

  test('is restarted by the next failure once healing is on', () => {
    const observed = decide(checked('running', OBSERVED), FAIL).program;
    const released = { ...observed, spec: checked('running').spec };
    expect(decide(released, FAIL).program.state.name).toBe('stopping');
  });

  test('is reported as healthy again', () => {
    const again = decide(decide(checked('running', OBSERVED), FAIL).program, PASS);
    expect(eventsOf(again)).toEqual(['healthy']);
    expect(again.program.why).toBe('healthy again: TCP 127.0.0.1:80 took the connection');
  });

  test('counts as running, but unhealthy, when its startup check fails', () => {
    const decision = decide(checked('starting', OBSERVED), NOT_IN_TIME);
    expect(eventsOf(decision)).toEqual(['startup-check-failed', 'would-restart']);
    expect(decision.program).toMatchObject({ state: { name: 'running' }, health: 'unhealthy' });
  });
});

describe('a check that is changed while the program runs', () => {
  test('resets the health', () => {
    expect(decide(checked('running', {}, { health: 'unhealthy' }), { kind: 'healthCheckChanged' }).program.health).toBe(
      'unknown',
    );
  });

  test('makes a starting program running if it was removed', () => {
    const { program: next } = decide(checked('starting', { health: null }), { kind: 'healthCheckChanged' });
    expect(next.state.name).toBe('running');
  });
});
