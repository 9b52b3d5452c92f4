import { describe, expect, test } from 'vitest';
import type { Action } from '../../../src/policy/lifecycle/actions.ts';
import type { Fact, FactKind, FactOf } from '../../../src/policy/lifecycle/facts.ts';
import { advance } from '../../../src/policy/lifecycle/lifecycle.ts';
import type { Program } from '../../../src/policy/lifecycle/state.ts';
import { circumstances, EACH_STATE, exit, program, RUN, spec, START } from '../../support/programs.ts';

const NOW = circumstances();

const EVIDENCE = { asked: 'TCP 127.0.0.1:80', ok: false, answer: 'refused', latencyMs: 1, times: 2 };

const EACH_FACT: { readonly [Kind in FactKind]: FactOf<Kind> } = {
  startRequested: { kind: 'startRequested', by: 'operator' },
  neededByDependent: { kind: 'neededByDependent', by: 'site' },
  dependencyChanged: { kind: 'dependencyChanged' },
  spawned: { kind: 'spawned', run: RUN },
  spawnFailed: { kind: 'spawnFailed', problem: 'no such file' },
  displayMissing: { kind: 'displayMissing', problem: 'no X or Wayland session of user anna' },
  displayAppeared: { kind: 'displayAppeared' },
  mainFound: { kind: 'mainFound', of: RUN, pid: 12, startTicks: 5, source: 'in "/run/web.pid"' },
  mainMissing: { kind: 'mainMissing', of: RUN, problem: 'it left no process in the background', leftovers: false },
  unmanagedSeen: { kind: 'unmanagedSeen', pids: [12] },
  adopted: { kind: 'adopted', run: RUN, paused: false },
  exited: { kind: 'exited', of: RUN, exit: exit(), leftovers: false },
  treeEnded: { kind: 'treeEnded', of: RUN },
  beforeEnded: { kind: 'beforeEnded', ok: true, outcome: 'exited with code 0' },
  fleetLost: { kind: 'fleetLost' },
  runTimeExceeded: { kind: 'runTimeExceeded', of: RUN, limitMs: 60_000 },
  stopCommandEnded: { kind: 'stopCommandEnded', of: RUN, ok: false, outcome: 'exited with code 1' },
  timeElapsed: { kind: 'timeElapsed' },
  stopRequested: { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' },
  restartRequested: { kind: 'restartRequested', timeoutMs: null, by: 'operator' },
  pauseRequested: { kind: 'pauseRequested' },
  resumeRequested: { kind: 'resumeRequested' },
  reloadRequested: { kind: 'reloadRequested' },
  restartDue: { kind: 'restartDue', schedule: '0 4 * * *' },
  healingChanged: { kind: 'healingChanged' },
  enableRequested: { kind: 'enableRequested' },
  disableRequested: { kind: 'disableRequested' },
  removeRequested: { kind: 'removeRequested' },
  cooldownResetRequested: { kind: 'cooldownResetRequested' },
  definitionChanged: { kind: 'definitionChanged' },
  anomalyFound: {
    kind: 'anomalyFound',
    of: RUN,
    anomaly: 'memory-leak',
    evidence: { sentence: 'memory rose 4.1 MB/min for 18 min', figures: { mbPerMinute: 4.1, minutes: 18 } },
    action: 'restart',
  },
  limitExceeded: { kind: 'limitExceeded', of: RUN, resource: 'memory', measured: 600, limit: 500, samples: [600] },
  zombiesNotReaped: {
    kind: 'zombiesNotReaped',
    of: RUN,
    pids: [7, 8],
    story: '2 zombies of "sh" (pid 6) are not reaped',
  },
  becameHealthy: { kind: 'becameHealthy', of: RUN, evidence: { ...EVIDENCE, ok: true, answer: 'took the connection' } },
  becameUnhealthy: { kind: 'becameUnhealthy', of: RUN, evidence: EVIDENCE },
  startupCheckFailed: { kind: 'startupCheckFailed', of: RUN, evidence: EVIDENCE },
  becameReady: { kind: 'becameReady', of: RUN, how: 'it sent READY=1' },
  timeoutExtended: { kind: 'timeoutExtended', of: RUN, extraMs: 5_000 },
  spawnedBeside: { kind: 'spawnedBeside', run: RUN },
  spawnBesideFailed: { kind: 'spawnBesideFailed', problem: 'no such file' },
  mainChanged: { kind: 'mainChanged', of: RUN, pid: 12, startTicks: 5 },
  watchdogFailed: { kind: 'watchdogFailed', of: RUN, how: 'it sent WATCHDOG=trigger' },
  healthCheckChanged: { kind: 'healthCheckChanged' },
};

function summary({ program: next, actions }: { program: Program; actions: readonly Action[] }): string {
  const does = actions.map((action) => (action.kind === 'emit' ? `«${action.event}»` : action.kind));
  return [next.state.name, ...does].join(' ');
}

/** Returns the program after a series of facts. */
function live(start: Program, ...facts: readonly (Fact & { readonly atMs?: number })[]): Program {
  return facts.reduce((now, fact) => advance(now, fact, circumstances(fact.atMs)).program, start);
}

describe('lifecycle', () => {
  test('handles every fact in every state', () => {
    const answers = EACH_STATE.flatMap((state) =>
      Object.values(EACH_FACT).map(
        (fact) => `${state.name} + ${fact.kind} → ${summary(advance(program(state), fact, NOW))}`,
      ),
    );
    expect(answers.join('\n')).toMatchSnapshot();
  });

  test('never spawns while a run is alive', () => {
    for (const state of EACH_STATE.filter((candidate) => 'run' in candidate)) {
      for (const fact of Object.values(EACH_FACT).filter(({ kind }) => kind !== 'exited' && kind !== 'treeEnded')) {
        const { actions } = advance(program(state), fact, NOW);
        expect(actions.filter(({ kind }) => kind === 'spawn')).toEqual([]);
      }
    }
  });

  test('reports a crash with what follows, and the next run with its cause', () => {
    const { program: next, actions } = advance(program({ name: 'running', run: RUN }), EACH_FACT.exited, NOW);
    expect(next.why).toBe('restarted: exited with code 1 after 1.5 s');
    expect(actions).toContainEqual({
      kind: 'emit',
      event: 'crashed',
      reason: 'exited with code 1 after 1.5 s',
      pid: RUN.pid,
      data: { code: 1, signal: null, coreDumped: false, uptimeMs: 1500 },
    });
  });

  test('kills a program that outlives its stop timeout, with its tree', () => {
    const stopping = advance(program({ name: 'running', run: RUN }), EACH_FACT.stopRequested, NOW);
    expect(stopping.actions).toContainEqual({ kind: 'sendStop', run: RUN, signal: 'SIGTERM', to: 'main' });
    expect(stopping.actions).toContainEqual({ kind: 'arm', afterMs: 30_000 });
    const forced = advance(stopping.program, EACH_FACT.timeElapsed, NOW);
    expect(forced.actions).toContainEqual({ kind: 'killTree', run: RUN });
    expect(forced.actions).toContainEqual({ kind: 'arm', afterMs: 5_000 });
    expect(live(forced.program, EACH_FACT.exited).state).toEqual({ name: 'stopped' });
  });

  test('wakes a paused program so that it receives its stop signal', () => {
    const { actions } = advance(program({ name: 'paused', run: RUN }), EACH_FACT.stopRequested, NOW);
    expect(actions).toContainEqual({ kind: 'sendStop', run: RUN, signal: 'SIGTERM', to: 'main' });
  });

  test('terminates leftover processes of a crashed program before the next start', () => {
    const crashed: Fact = { kind: 'exited', of: RUN, exit: exit(), leftovers: true };
    const clearing = advance(program({ name: 'running', run: RUN }), crashed, NOW);
    expect(clearing.program.state.name).toBe('stopping');
    expect(clearing.actions.map(({ kind }) => kind)).toEqual(['emit', 'sendStop', 'watchLeftovers', 'arm']);
    const gone = advance(clearing.program, EACH_FACT.treeEnded, NOW);
    expect(summary(gone)).toBe('launching «leftovers-ended» closeRun spawn');
  });

  test('keeps leftover processes if the definition says so', () => {
    const leaving = program({ name: 'running', run: RUN }, { spec: spec({ leftovers: 'leave' }) });
    const crashed: Fact = { kind: 'exited', of: RUN, exit: exit(), leftovers: true };
    expect(advance(leaving, crashed, NOW).program.state.name).toBe('launching');
  });

  test('waits for children that exit later than their parent', () => {
    const stopping = live(program({ name: 'running', run: RUN }), EACH_FACT.stopRequested);
    const parentGone = advance(stopping, { kind: 'exited', of: RUN, exit: exit({ code: 0 }), leftovers: true }, NOW);
    expect(parentGone.program.state.name).toBe('stopping');
    expect(parentGone.actions).not.toContainEqual(expect.objectContaining({ kind: 'killTree' }));
    expect(live(parentGone.program, EACH_FACT.treeEnded).state.name).toBe('stopped');
  });

  test('stops the tree within the heal timeout if a limit is exceeded, and counts a restart', () => {
    const healing = advance(program({ name: 'running', run: RUN }), EACH_FACT.limitExceeded, NOW);
    expect(summary(healing)).toBe('stopping «limit-memory» «stopping» sendStop arm');
    expect(healing.actions).toContainEqual({ kind: 'arm', afterMs: 1_000 });
    const again = live(healing.program, {
      kind: 'exited',
      of: RUN,
      exit: exit({ signal: 'SIGTERM', code: null }),
      leftovers: false,
    });
    expect(again.state.name).toBe('launching');
    const { history } = live(again, EACH_FACT.spawned).counters;
    expect(history).toEqual([{ at: START, cause: 'limit' }]);
    expect(again.why).toBe('restarted: memory 600 MB exceeded limit 500 MB');
  });

  test('only reports what it would have done in observe mode', () => {
    const observed = program({ name: 'running', run: RUN }, { spec: spec({ healing: 'observe' }) });
    const decision = advance(observed, EACH_FACT.limitExceeded, NOW);
    expect(decision.program).toBe(observed);
    expect(summary(decision)).toBe('running «limit-memory» «would-restart»');
  });

  test('treats a program as running once it has been up for its start time', () => {
    const started = advance(program({ name: 'launching', cause: 'boot' }), EACH_FACT.spawned, NOW);
    expect(summary(started)).toBe('starting «started» arm');
    expect(summary(advance(started.program, EACH_FACT.timeElapsed, NOW))).toBe('running «running»');
    const instant = program({ name: 'launching', cause: 'boot' }, { spec: spec({ startSeconds: 0 }) });
    expect(summary(advance(instant, EACH_FACT.spawned, NOW))).toBe('running «started»');
  });

  test('does not treat a requested stop as a crash, whatever the exit code', () => {
    const stopping = live(program({ name: 'running', run: RUN }), EACH_FACT.stopRequested);
    const ended = advance(
      stopping,
      { kind: 'exited', of: RUN, exit: exit({ signal: 'SIGTERM', code: null }), leftovers: false },
      NOW,
    );
    expect(summary(ended)).toBe('stopped «exited» closeRun');
  });

  test('lets a later request replace an earlier one while the program is being stopped', () => {
    const restarting = live(program({ name: 'running', run: RUN }), EACH_FACT.restartRequested);
    expect(live(restarting, EACH_FACT.stopRequested, EACH_FACT.exited).state.name).toBe('stopped');
    expect(live(restarting, EACH_FACT.disableRequested, EACH_FACT.exited).state.name).toBe('disabled');
    const stopping = live(program({ name: 'running', run: RUN }), EACH_FACT.stopRequested);
    expect(live(stopping, EACH_FACT.startRequested, EACH_FACT.exited).state.name).toBe('launching');
    const removing = live(program({ name: 'running', run: RUN }), EACH_FACT.removeRequested);
    expect(live(removing, EACH_FACT.startRequested, EACH_FACT.exited).state.name).toBe('stopped');
  });

  test('does not count an adoption as a restart', () => {
    const survivor = live(program({ name: 'stopped' }, { restarts: 3 }), EACH_FACT.adopted);
    expect(survivor.state).toEqual({ name: 'running', run: RUN });
    expect(survivor.restarts).toBe(3);
    expect(survivor.counters.history).toEqual([]);
  });

  test('reports a program that survived SIGKILL, and sends it again', () => {
    const forced = live(program({ name: 'running', run: RUN }), EACH_FACT.stopRequested, EACH_FACT.timeElapsed);
    const stuck = advance(forced, EACH_FACT.timeElapsed, NOW);
    expect(summary(stuck)).toBe('stopping «terminate-failed» killTree arm');
    expect(stuck.program.why).toContain('uninterruptible sleep');
  });
});
