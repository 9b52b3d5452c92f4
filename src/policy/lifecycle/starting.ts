import { emit } from './actions.ts';
import type { Decision } from './actions.ts';
import { beginRun } from './begin-run.ts';
import { type Circumstances, enter, ignore } from './decide.ts';
import { endRun } from './ending.ts';
import type { FactOf } from './facts.ts';
import { countAttempt, countStart, isRestart, launch, waitForResource } from './launching.ts';
import { displayMissing } from './missing-display.ts';
import { phased, type Program } from './state.ts';

/** Starts an idle program once its dependencies are met. Ends a cooldown; restarts a program that is being stopped. */
export function startRequested(
  program: Program,
  fact: FactOf<'startRequested'>,
  circumstances: Circumstances,
): Decision {
  const { phase, state } = phased(program.state);
  switch (phase) {
    case 'idle':
    case 'pending':
      return state.name === 'cooldown'
        ? launch(outOfCooldown(program), 'start', WHO_STARTS[fact.by], circumstances)
        : launch(program, fact.by === 'operator' ? 'start' : 'boot', WHO_STARTS[fact.by], circumstances);
    case 'stopping':
      return state.goal.kind === 'remove'
        ? ignore(program)
        : enter(program, { ...state, goal: { kind: 'restart', cause: 'operator' } }, 'will be restarted as requested');
    case 'disabled':
    case 'launching':
    case 'up':
    case 'paused':
      return ignore(program);
  }
}

/** Starts a program that another one depends on, unless its start is already pending. */
export function neededByDependent(
  program: Program,
  { by }: FactOf<'neededByDependent'>,
  circumstances: Circumstances,
): Decision {
  const { phase, state } = phased(program.state);
  const why = `started as a dependency of ${by}`;
  switch (phase) {
    case 'idle':
      return launch(program, 'start', why, circumstances);
    case 'stopping':
      return state.goal.kind === 'stop'
        ? enter(program, { ...state, goal: { kind: 'restart', cause: 'operator' } }, why)
        : ignore(program);
    case 'disabled':
    case 'launching':
    case 'up':
    case 'paused':
    case 'pending':
      return ignore(program);
  }
}

const WHO_STARTS: Readonly<Record<FactOf<'startRequested'>['by'], string>> = {
  boot: 'started with the engine',
  added: 'started when it was added',
  operator: 'started by the operator',
};

/** Returns the program with its restart history and backoff cleared, as after a cooldown. Consecutive failures stay. */
export function withoutHistory(program: Program): Program {
  return { ...program, counters: { ...program.counters, backoffStep: 0, history: [] } };
}

/** Returns a program that leaves its cooldown: the restarts that led to it do not count toward the next one. */
export function outOfCooldown(program: Program): Program {
  return program.state.name === 'cooldown' ? withoutHistory(program) : program;
}

/** Handles the outcome of a launch. */
export function launched(
  program: Program,
  fact: FactOf<'spawned' | 'spawnFailed' | 'displayMissing'>,
  circumstances: Circumstances,
): Decision {
  switch (fact.kind) {
    case 'spawned':
      return spawned(program, fact);
    case 'spawnFailed':
      return spawnFailed(program, fact, circumstances);
    case 'displayMissing':
      return displayMissing(program, fact);
  }
}

/** Enters the run that was spawned. */
function spawned(attempted: Program, { run, note }: FactOf<'spawned'>): Decision {
  const { state } = attempted;
  // The spawn is one system call within one turn of the mailbox, so no other state is possible here.
  if (state.name !== 'launching') return ignore(attempted);
  const program = countStart(attempted, state.cause, run.startedAt);
  const why = note === undefined ? program.why : `${program.why}; ${note}`;
  const event = isRestart(state.cause) ? 'restarted' : 'started';
  const report = emit(event, why, run.pid, { run: run.number, cause: state.cause });
  return beginRun(program, { run, why, report: [report] });
}

/** Treats a program that could not be executed as a failed run, or lets it wait if only a resource was missing. */
function spawnFailed(
  program: Program,
  { problem, shortage }: FactOf<'spawnFailed'>,
  circumstances: Circumstances,
): Decision {
  const { state, why } = program;
  if (state.name !== 'launching') return ignore(program);
  const { cause } = state;
  if (shortage !== undefined) {
    // Nothing was started, so the number of the run is used again.
    const unstarted = { ...program, runs: program.runs - 1 };
    const reason = state.waited?.reason ?? why;
    return waitForResource(unstarted, { cause, reason, lacking: shortage }, circumstances);
  }
  return endRun(countAttempt(program, cause, circumstances.now), { kind: 'spawn-failed', problem }, circumstances);
}

const ADOPTED_UNMANAGED = 'adopted an unmanaged process; its output is not logged until healer restarts it';

/** Adopts a running process of an earlier engine, or an unmanaged one. Nothing was started, so nothing is counted. */
export function adopted(
  program: Program,
  { run, paused, isStarting = false }: FactOf<'adopted'>,
  { now }: Circumstances,
): Decision {
  switch (phased(program.state).phase) {
    case 'disabled':
    case 'launching':
    case 'pending':
    case 'idle': {
      const why = run.foreign === true ? ADOPTED_UNMANAGED : 're-adopted after the engine restarted';
      const known = { ...program, runs: Math.max(program.runs, run.number) };
      const report = emit('adopted', why, run.pid, { run: run.number, ...(isStarting ? { isStarting } : {}) });
      if (isStarting) return beginRun(known, { run, why, report: [report], upMs: now.mono - run.startedAt.mono });
      return enter(known, { name: paused ? 'paused' : 'running', run }, why, report);
    }
    case 'up':
    case 'paused':
    case 'stopping':
      return ignore(program);
  }
}

/** Enables a disabled program and starts it. */
export function enableRequested(program: Program, circumstances: Circumstances): Decision {
  if (program.state.name !== 'disabled') return ignore(program);
  const decision = launch(program, 'start', 'enabled by the operator', circumstances);
  return { ...decision, actions: [emit('enabled', 'enabled by the operator'), ...decision.actions] };
}

/** Ends a cooldown early and starts the program. */
export function cooldownResetRequested(program: Program, circumstances: Circumstances): Decision {
  if (program.state.name !== 'cooldown') return ignore(program);
  const why = 'cooldown reset by the operator';
  const decision = launch(withoutHistory(program), 'cooldown', why, circumstances);
  return { ...decision, actions: [emit('cooldown-ended', why), ...decision.actions] };
}
