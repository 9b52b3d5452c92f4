import { describe, expect, test } from 'vitest';
import { fleetLossOf } from '../../../src/policy/fleet-loss.ts';
import type { Decision } from '../../../src/policy/lifecycle/actions.ts';
import type { Circumstances } from '../../../src/policy/lifecycle/decide.ts';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import { advance } from '../../../src/policy/lifecycle/lifecycle.ts';
import type { LifecycleState, Program } from '../../../src/policy/lifecycle/state.ts';
import { circumstances, EACH_STATE, exit, program, RUN, spec } from '../../support/programs.ts';

const AFTER_MS = 300_000;
const SINGLETON = spec({ onFleetLost: { after: '5m' } });
const SINCE = 'this host has had no connection to its fleet for 5 min, so another host may be running it';
const WAITS =
  'waiting for the connection to the fleet: this host has had none for 5 min, so another host may be running it';
const RUNNING: LifecycleState = { name: 'running', run: RUN };
const EXITED: Fact = { kind: 'exited', of: RUN, exit: exit({ code: 0 }), leftovers: false };
const DUE: Fact = { kind: 'timeElapsed' };

/** A connection that was lost `lostForMs` ago; null if there is one. */
function around(lostForMs: number | null, fields: Partial<Circumstances> = {}): Circumstances {
  return { ...circumstances(), fleetLoss: fleetLossOf(SINGLETON, lostForMs), ...fields };
}

function singleton(state: LifecycleState): Program {
  return program(state, { spec: SINGLETON });
}

function events({ actions }: Decision): string[] {
  return actions.flatMap((action) => (action.kind === 'emit' ? [`${action.event}: ${action.reason}`] : []));
}

/** Stops a running program because of the loss, up to its exit. */
function waiting(): Program {
  const stopping = advance(singleton(RUNNING), { kind: 'fleetLost' }, around(AFTER_MS)).program;
  return advance(stopping, EXITED, around(AFTER_MS)).program;
}

describe('the connection to the fleet', () => {
  test.each([
    ['there is a connection, or no fleet', { after: '5m' }, null, null],
    ['it has just been lost', { after: '5m' }, 0, null],
    ['the time is not over', { after: '5m' }, AFTER_MS - 1, null],
    ['the time is over', { after: '5m' }, AFTER_MS, { afterMs: AFTER_MS }],
    ['nothing but the default time is defined', {}, AFTER_MS, { afterMs: AFTER_MS }],
    ['the program is not to be stopped', { after: '5m', stop: false }, AFTER_MS * 9, null],
    ['nothing is defined', null, AFTER_MS * 9, null],
  ])('%s', (_what, onFleetLost, lostForMs, expected) => {
    expect(fleetLossOf(spec({ onFleetLost }), lostForMs)).toEqual(expected);
  });
});

describe('a program that may not run without the fleet', () => {
  test('is stopped as by a request, and waits for the connection', () => {
    const stopping = advance(singleton(RUNNING), { kind: 'fleetLost' }, around(AFTER_MS));
    expect(events(stopping)).toEqual([`stopping: stopped: ${SINCE}; sent SIGTERM, waiting up to 30 s`]);
    const stopped = advance(stopping.program, EXITED, around(AFTER_MS + 1_000));
    expect(stopped.program).toMatchObject({ state: { name: 'waiting', cause: 'start' }, why: WAITS, restarts: 0 });
    expect(events(stopped).at(-1)).toBe(`waiting: ${WAITS}`);
  });

  test.each(EACH_STATE)('is only stopped if it is up: $name', (state) => {
    const before = singleton(state);
    const after = advance(before, { kind: 'fleetLost' }, around(AFTER_MS)).program;
    if (state.name === 'running' || state.name === 'starting') expect(after.state.name).toBe('stopping');
    else expect(after).toBe(before);
  });

  test.each<[string, Circumstances]>([
    ['the connection came back meanwhile', around(null)],
    ['the engine shuts down', around(AFTER_MS, { suppression: 'shutting-down' })],
  ])('is not stopped if %s', (_what, now) => {
    const before = singleton(RUNNING);
    expect(advance(before, { kind: 'fleetLost' }, now)).toEqual({ program: before, actions: [] });
  });

  test('is stopped although healing is paused: it has no fault', () => {
    const held = around(AFTER_MS, { suppression: 'held' });
    expect(advance(singleton(RUNNING), { kind: 'fleetLost' }, held).program.state.name).toBe('stopping');
  });

  test('reports its wait once, and starts by itself when the connection is back', () => {
    const still = advance(waiting(), DUE, around(AFTER_MS * 2));
    expect(events(still)).toEqual([]);
    expect(still.program.why).toBe(WAITS);
    const back = advance(still.program, DUE, around(null));
    expect(back.program.state).toMatchObject({ name: 'launching', cause: 'start' });
    expect(back.program.why).toBe('started again, after waiting for the connection to the fleet');
  });

  test('waits for its dependencies once the connection is back, and starts none of them', () => {
    const missing = [{ id: 'db', condition: 'started', isIdle: true, obstacle: null }] as const;
    const lost = advance(waiting(), DUE, around(AFTER_MS, { missing }));
    expect(lost.program.why).toBe(WAITS);
    const back = advance(lost.program, DUE, around(null, { missing }));
    expect(back.program).toMatchObject({ state: { name: 'waiting' }, why: 'waiting for db to start' });
    expect(back.actions.map(({ kind }) => kind)).toEqual(['emit']);
    expect(advance(back.program, { kind: 'dependencyChanged' }, around(null)).program.state.name).toBe('launching');
  });

  test.each<[string, Fact, string]>([
    ['a stop', { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' }, 'stopped'],
    ['a disable', { kind: 'disableRequested' }, 'disabled'],
  ])('keeps %s of the operator meanwhile', (_what, fact, state) => {
    const after = advance(waiting(), fact, around(AFTER_MS)).program;
    expect(after.state.name).toBe(state);
    for (const late of [DUE, { kind: 'dependencyChanged' } as const, { kind: 'fleetLost' } as const])
      expect(advance(after, late, around(null)).program).toBe(after);
  });

  test('keeps a stop of the operator that arrives before it has exited', () => {
    const stopping = advance(singleton(RUNNING), { kind: 'fleetLost' }, around(AFTER_MS)).program;
    const stop: Fact = { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' };
    const stopped = advance(advance(stopping, stop, around(AFTER_MS)).program, EXITED, around(AFTER_MS)).program;
    expect(stopped).toMatchObject({ state: { name: 'stopped' }, why: 'stopped by the operator' });
  });

  test('starts when an edit takes the rule back', () => {
    const edited = { ...waiting(), spec: spec() };
    const now = { ...circumstances(), fleetLoss: fleetLossOf(edited.spec, AFTER_MS) };
    expect(advance(edited, { kind: 'dependencyChanged' }, now).program.state.name).toBe('launching');
  });

  test.each<[string, LifecycleState, Fact]>([
    ['with the engine', { name: 'stopped' }, { kind: 'startRequested', by: 'boot' }],
    ['by the operator', { name: 'stopped' }, { kind: 'startRequested', by: 'operator' }],
    ['after a crash', { name: 'backoff', until: circumstances().now, cause: 'crash' }, DUE],
    ['on its schedule', { name: 'exited' }, { kind: 'restartDue', schedule: '0 4 * * *' }],
  ])('does not start %s while the connection is lost', (_what, state, fact) => {
    expect(advance(singleton(state), fact, around(AFTER_MS)).program).toMatchObject({
      state: { name: 'waiting' },
      why: WAITS,
    });
  });
});
