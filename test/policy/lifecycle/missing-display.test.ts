import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import { advance } from '../../../src/policy/lifecycle/lifecycle.ts';
import type { LifecycleState, Program } from '../../../src/policy/lifecycle/state.ts';
import { at, circumstances, exit, program, RUN } from '../../support/programs.ts';

const NONE = 'no X or Wayland session of user anna';
const LOST: Fact = { kind: 'exited', of: RUN, exit: exit({ uptimeMs: 16 }), leftovers: false, display: NONE };
const WAITING: LifecycleState = { name: 'waiting', cause: 'start', reason: 'started again', for: 'display' };

function after(state: LifecycleState, fact: Fact, fields: Partial<Program> = {}): ReturnType<typeof advance> {
  return advance(program(state, fields), fact, circumstances());
}

function events({ actions }: ReturnType<typeof advance>): string[] {
  return actions.flatMap((action) => (action.kind === 'emit' ? [`${action.event}: ${action.reason}`] : []));
}

describe('a program whose display is missing', () => {
  test('waits after its exit, which is not counted as a crash', () => {
    const decision = after({ name: 'running', run: RUN }, LOST, { restarts: 2 });
    expect(decision.program).toMatchObject({ state: WAITING, restarts: 2, counters: { failures: 0, history: [] } });
    expect(events(decision)).toEqual([
      `exited: exited with code 1 after 16 ms; no display: ${NONE}`,
      `waiting: waiting for a display: ${NONE}`,
    ]);
  });

  test('waits once its leftover processes have exited', () => {
    const clearing = after({ name: 'running', run: RUN }, { ...LOST, leftovers: true });
    expect(events(clearing)).toEqual(['exited: exited with code 1 after 16 ms; terminating leftover processes']);
    expect(advance(clearing.program, { kind: 'treeEnded', of: RUN }, circumstances()).program.state).toEqual(WAITING);
  });

  test('waits instead of starting if it requires a display, and the start is not counted', () => {
    const history = [{ at: at(-5), cause: 'crash' as const }];
    const counters = { failures: 1, backoffStep: 1, history };
    const decision = after(
      { name: 'launching', cause: 'crash' },
      { kind: 'displayMissing', problem: NONE },
      { restarts: 3, counters },
    );
    expect(decision.program).toMatchObject({
      state: { name: 'waiting', cause: 'crash', for: 'display' },
      restarts: 3,
      counters,
      why: `waiting for a display: ${NONE}`,
    });
  });

  test('starts once the display appears, and not because a dependency or its definition changed', () => {
    expect(after(WAITING, { kind: 'dependencyChanged' }).program.state).toEqual(WAITING);
    const started = after(WAITING, { kind: 'displayAppeared' });
    expect(started.program).toMatchObject({ state: { name: 'launching', cause: 'start' }, restarts: 0 });
    expect(started.program.why).toBe('started again, after waiting for a display');
  });

  test.each<[string, Fact, string]>([
    ['is started by the operator', { kind: 'startRequested', by: 'operator' }, 'launching'],
    ['is stopped', { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' }, 'stopped'],
    ['is disabled', { kind: 'disableRequested' }, 'disabled'],
  ])('%s while it waits', (_what, fact, state) => {
    expect(after(WAITING, fact).program.state.name).toBe(state);
  });
});
