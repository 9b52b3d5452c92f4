import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import { advance } from '../../../src/policy/lifecycle/lifecycle.ts';
import { replay } from '../../../src/policy/lifecycle/replay.ts';
import { type Program, runOf } from '../../../src/policy/lifecycle/state.ts';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import { at, circumstances, exit, program, RUN, spec } from '../../support/programs.ts';

interface Story {
  readonly states: readonly Program[];
  /** The events of each step. */
  readonly events: readonly (readonly EngineEvent[])[];
}

/** Lets facts happen, one per second, and starts each run that is requested. */
function tell(first: Program, facts: readonly Fact[]): Story {
  const states = [first];
  const events: EngineEvent[][] = [[]];
  let seq = 0;
  facts.forEach((fact, index) => {
    const now = at(index * 1_000);
    const step: EngineEvent[] = [];
    let current = states.at(-1) ?? first;
    const main = runOf(current.state);
    let next: Fact | null = 'of' in fact && main !== null ? { ...fact, of: main } : fact;
    while (next !== null) {
      const decision = advance(current, next, circumstances(index * 1_000));
      current = decision.program;
      next = null;
      for (const action of decision.actions) {
        if (action.kind === 'emit') {
          const { event: kind, pid, reason, data } = action;
          step.push({
            seq: (seq += 1),
            time: new Date(now.wall).toISOString(),
            kind,
            process: 'web',
            pid,
            reason,
            data,
          });
        }
        if (action.kind === 'spawn') {
          const { runNumber } = action;
          next = { kind: 'spawned', run: { ...RUN, number: runNumber, pid: 5_000 + runNumber, startedAt: now } };
        }
      }
    }
    states.push(current);
    events.push(step);
  });
  return { states, events };
}

function essence({ state, runs, restarts, counters, lastExit }: Program): object {
  return {
    ...{ name: state.name, pid: runOf(state)?.pid ?? null, runs, restarts, lastExit: lastExit?.exit.code ?? null },
    ...{ failures: counters.failures, backoffStep: counters.backoffStep },
    causes: counters.history.map(({ cause }) => cause),
    goal: state.name === 'stopping' ? state.goal.kind : null,
  };
}

const CRASH: Fact = { kind: 'exited', of: RUN, exit: exit(), leftovers: false };
const STOP: Fact = { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' };
const UP: Fact = { kind: 'timeElapsed' };
const WEB = spec({ restart: { backoffMs: [0, 500], jitter: 0, cooldown: { restarts: 2, windowMs: 60_000 } } });
const FRESH = program({ name: 'stopped' }, { spec: WEB, runs: 0 });
const START: Fact = { kind: 'startRequested', by: 'boot' };

const STORIES: readonly (readonly [string, readonly Fact[]])[] = [
  ['crashes up to a cooldown', [START, UP, CRASH, UP, CRASH, UP, UP, CRASH, UP]],
  ['a stop', [START, UP, STOP, { kind: 'exited', of: RUN, exit: exit({ code: 0 }), leftovers: false }]],
  ['a restart', [START, UP, { kind: 'restartRequested', timeoutMs: null, by: 'operator' }, CRASH, UP]],
  ['a disabled program', [START, UP, { kind: 'disableRequested' }, CRASH, { kind: 'enableRequested' }, UP]],
  ['a pause', [START, UP, { kind: 'pauseRequested' }, { kind: 'resumeRequested' }, CRASH, UP]],
];

describe('replaying the events that a state file lacks', () => {
  test.each(STORIES)('continues after %s from every earlier state', (_, facts) => {
    const { states, events } = tell(FRESH, facts);
    states.forEach((from, start) => {
      for (let end = start; end < states.length; end++) {
        const replayed = replay(from, events.slice(start + 1, end + 1).flat(), at(end * 1_000));
        const expected = states[end] ?? from;
        expect(essence(replayed), `from step ${start} to ${end}`).toEqual(essence(expected));
      }
    });
  });

  test('ignores events that the record already reflects', () => {
    const { states, events } = tell(FRESH, [START, UP, CRASH, UP]);
    const last = states.at(-1) ?? FRESH;
    expect(essence(replay(last, events.flat(), at(4_000)))).toMatchObject({ runs: 2, restarts: 1, pid: 5_002 });
  });

  test('never takes the pid of an event for the identity of a process', () => {
    const { events } = tell(FRESH, [START]);
    const { state } = replay(FRESH, events.flat(), at(1_000));
    expect(runOf(state)).toMatchObject({ pid: 5_001, number: 1, startTicks: -1 });
  });

  test('continues with the wait for the fleet after a stop because of its loss', () => {
    const now = { ...circumstances(), fleetLoss: { afterMs: 5_000 } };
    const running = program({ name: 'running', run: RUN });
    const stopping = advance(running, { kind: 'fleetLost' }, now);
    const exited = advance(stopping.program, { ...CRASH, exit: exit({ code: 0 }) }, now);
    const events = [...stopping.actions, ...exited.actions].flatMap((action, seq): EngineEvent[] =>
      action.kind === 'emit'
        ? [{ ...action, seq, time: new Date(at(seq).wall).toISOString(), kind: action.event, process: 'web' }]
        : [],
    );
    expect(replay(running, events.slice(0, 1), at(1_000)).state).toMatchObject({
      name: 'stopping',
      goal: { kind: 'await-fleet', afterMs: 5_000 },
    });
    // The next engine completes the stop.
    const replayed = replay(running, events, at(1_000));
    expect(advance(replayed, { kind: 'treeEnded', of: RUN }, now).program).toMatchObject({
      state: { name: 'waiting', cause: 'start' },
      why: exited.program.why,
    });
  });

  test('leaves an exit without a consequence to the next engine', () => {
    const { states, events } = tell(FRESH, [START, UP, CRASH]);
    const [crashed] = events[3] ?? [];
    const replayed = replay(states[2] ?? FRESH, crashed === undefined ? [] : [crashed], at(3_000));
    expect(replayed.state).toMatchObject({ name: 'stopping', goal: { kind: 'clear-up' }, exit: { code: 1 } });
  });
});
