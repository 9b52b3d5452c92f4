import type { ExitFacts } from '../../src/policy/exit-facts.ts';
import type { Circumstances } from '../../src/policy/lifecycle/decide.ts';
import type { LifecycleState, Program, Run } from '../../src/policy/lifecycle/state.ts';
import type { Moment } from '../../src/policy/moment.ts';
import { NO_FAILURES } from '../../src/policy/restart.ts';
import { type ProcessSpec, type ProcessSpecInput, processSpecSchema } from '../../src/protocol/process-spec.ts';

export const START: Moment = { mono: 1_000_000, wall: Date.parse('2026-01-01T00:00:00Z') };

export function at(ms: number): Moment {
  return { mono: START.mono + ms, wall: START.wall + ms };
}

export function spec(fields: Partial<ProcessSpecInput> = {}): ProcessSpec {
  return processSpecSchema.parse({ id: 'web', command: 'web-server', ...fields });
}

export const RUN: Run = { number: 1, pid: 4711, startTicks: 99, startedAt: START, adopted: false };

export function program(state: LifecycleState, fields: Partial<Program> = {}): Program {
  return {
    spec: spec(),
    state,
    health: 'unknown',
    runs: 1,
    restarts: 0,
    counters: NO_FAILURES,
    lastExit: null,
    why: 'set by the test',
    ...fields,
  };
}

export function exit(fields: Partial<ExitFacts> = {}): ExitFacts {
  return { code: 1, signal: null, coreDumped: false, atWall: START.wall, uptimeMs: 1_500, ...fields };
}

/** Returns circumstances at a time in ms after START, without obstacles. Randomness is 0.5, so there is no jitter. */
export function circumstances(ms = 0): Circumstances {
  return { now: at(ms), chance: 0.5, missing: [], suppression: null };
}

/** An example of each state. */
export const EACH_STATE: readonly LifecycleState[] = [
  { name: 'disabled' },
  { name: 'stopped' },
  { name: 'waiting', cause: 'boot', reason: 'started with the engine' },
  { name: 'launching', cause: 'crash' },
  { name: 'starting', run: RUN },
  { name: 'running', run: RUN },
  { name: 'paused', run: RUN },
  { name: 'stopping', run: RUN, goal: { kind: 'stop' }, stage: 'graceful', exit: null },
  { name: 'backoff', until: at(5_000), cause: 'crash' },
  { name: 'cooldown', until: at(120_000) },
  { name: 'failed' },
  { name: 'exited' },
];
