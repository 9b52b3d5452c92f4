import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import type { Program, Run } from '../../../src/policy/lifecycle/state.ts';
import { besideOf } from '../../../src/policy/lifecycle/overlapping.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { exit, program, RUN, spec } from '../../support/programs.ts';
import { decide, reasonsOf, summaryOf } from './support.ts';

const NEXT: Run = { ...RUN, number: 2, pid: 4800, startTicks: 120 };
const RELOAD: Fact = { kind: 'reloadRequested' };
const STARTED: Fact = { kind: 'spawnedBeside', run: NEXT };
const READY: Fact = { kind: 'becameReady', of: NEXT, how: 'it sent READY=1' };
const TIMER: Fact = { kind: 'timeElapsed' };
const OLD_EXITED: Fact = { kind: 'exited', of: RUN, exit: exit({ code: 0 }), leftovers: false };
const NEW_EXITED: Fact = { kind: 'exited', of: NEXT, exit: exit({ code: 3 }), leftovers: false };

function running(fields: Partial<ProcessSpecInput> = { ready: { notify: true } }): Program {
  return program({ name: 'running', run: RUN }, { spec: spec({ reload: { strategy: 'overlap' }, ...fields }) });
}

describe('an overlapping reload', () => {
  test('starts a second run, and replaces the first one once the second is ready', () => {
    expect(summaryOf(decide(running(), [RELOAD]))).toBe('running, spawn 2 beside');
    expect(summaryOf(decide(running(), [RELOAD, STARTED]))).toBe('running, arm 60000');
    const replaced = decide(running(), [RELOAD, STARTED, READY]);
    expect(summaryOf(replaced)).toBe('running, «reloaded», SIGTERM to main, arm 30000');
    expect(replaced.program).toMatchObject({
      state: { run: NEXT, overlap: { stage: 'retiring', run: RUN } },
      restarts: 1,
    });
    const done = decide(replaced.program, [OLD_EXITED]);
    expect(summaryOf(done)).toBe('running, closeRun');
    expect(besideOf(done.program)).toBeNull();
  });

  test.each<[string, Fact[], string]>([
    ['never gets ready', [STARTED, TIMER], 'it was not ready within 60 s'],
    ['exits before it is ready', [STARTED, NEW_EXITED], 'exited with code 3 after 1.5 s before it was ready'],
    ['cannot be started', [{ kind: 'spawnBesideFailed', problem: 'no such file' }], 'no such file'],
  ])('keeps the first run if the second one %s', (_, facts, problem) => {
    const failed = decide(running(), [RELOAD, ...facts]);
    expect(failed.program.state).toEqual({ name: 'running', run: RUN });
    expect(reasonsOf(failed)).toEqual([`reload failed: ${problem}; run 1 keeps running`]);
    expect(failed.program.restarts).toBe(0);
  });

  test('kills the second run, and only its group, if it is not ready in time', () => {
    const { actions } = decide(running(), [RELOAD, STARTED, TIMER]);
    expect(actions).toContainEqual({ kind: 'sendStop', run: NEXT, signal: 'SIGKILL', to: 'group' });
  });

  test('kills the replaced run if it does not exit in time', () => {
    const late = decide(running(), [RELOAD, STARTED, READY, TIMER]);
    expect(summaryOf(late)).toBe('running, «killed», SIGKILL to group');
    expect(reasonsOf(late)).toEqual(['the replaced run was force killed: still running 30 s after SIGTERM']);
  });

  test('makes the second run the current one if the first one crashes meanwhile', () => {
    const promoted = decide(running(), [RELOAD, STARTED, { ...OLD_EXITED, exit: exit({ code: 1 }) }]);
    expect(promoted.program.state).toMatchObject({ name: 'starting', run: NEXT });
    expect(promoted.program.restarts).toBe(1);
    expect(reasonsOf(promoted)[0]).toContain('during a reload; run 2 replaces it');
  });

  test('is not started twice', () => {
    const { program: reloading } = decide(running(), [RELOAD, STARTED]);
    expect(decide(reloading, [RELOAD])).toEqual({ program: reloading, actions: [] });
  });

  test('ends both runs when the program is stopped', () => {
    const stop: Fact = { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' };
    const { program: stopping, actions } = decide(running(), [RELOAD, STARTED, stop]);
    expect(stopping.state).toMatchObject({ name: 'stopping', run: RUN });
    expect(actions).toContainEqual({ kind: 'sendStop', run: NEXT, signal: 'SIGKILL', to: 'group' });
    expect(actions).toContainEqual({ kind: 'closeRun', run: NEXT });
  });

  test.each<[string, Partial<ProcessSpecInput>, number]>([
    ['startSeconds', { startSeconds: 3 }, 3_000],
    ['a delay', { ready: { delayMs: 4_000 } }, 4_000],
    [
      'startSeconds, since a check cannot tell the runs apart',
      { startSeconds: 2, ready: { health: true }, health: { check: { type: 'tcp', port: 80 } } },
      2_000,
    ],
  ])('replaces the first run after %s where nothing else says that it is ready', (_, fields, ms) => {
    expect(summaryOf(decide(running(fields), [RELOAD, STARTED]))).toBe(`running, arm ${String(ms)}`);
    const replaced = decide(running(fields), [RELOAD, STARTED, TIMER]);
    expect(reasonsOf(replaced)[0]).toContain(`run 2 replaced run 1 (up for ${String(ms / 1000)} s)`);
  });
});
