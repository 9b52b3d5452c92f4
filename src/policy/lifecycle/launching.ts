import { type Restart, rememberRestart } from '../cooldown.ts';
import { describeMissing, type Missing } from './dependencies.ts';
import { lackingFleet } from '../fleet-loss.ts';
import type { Moment } from '../moment.ts';
import type { RestartCounters } from '../restart.ts';
import { retryDelay, type Shortage } from '../shortage.ts';
import { type Action, type Decision, emit } from './actions.ts';
import { type Circumstances, enter } from './decide.ts';
import type { LifecycleState, Program, StartCause, StateOf } from './state.ts';

/**
 * Starts a program now, or once its dependencies are met and there is room for it. Every start goes through here; it is
 * counted once its outcome is known.
 */
export function launch(program: Program, cause: StartCause, why: string, circumstances: Circumstances): Decision {
  if (circumstances.suppression === 'shutting-down') return leaveToNextEngine(program, cause, why);
  const { missing, fleetLoss = null, shortage = null } = circumstances;
  // Its dependencies are not started for it meanwhile.
  if (fleetLoss !== null)
    return waitForResource(program, { cause, reason: why, lacking: lackingFleet(fleetLoss) }, circumstances);
  if (missing.length > 0) return wait(program, cause, why, missing);
  if (shortage !== null) return waitForResource(program, { cause, reason: why, lacking: shortage }, circumstances);
  const { state } = program;
  if (program.spec.hooks.before === undefined) return spawnNow(program, cause, why);
  // Its command is running already.
  if (state.name === 'waiting' && state.for === 'before') return { program, actions: [] };
  const waiting: StateOf<'waiting'> = { name: 'waiting', cause, reason: why, for: 'before' };
  const story = 'running the command before the start';
  return enter(program, waiting, story, emit('waiting', `${why}; ${story}`), { kind: 'runBefore' });
}

/**
 * Starts nothing while the engine shuts down, or if it was only started to end what an earlier one had left running. The next
 * engine starts the program.
 */
export function leaveToNextEngine(program: Program, cause: StartCause, reason: string): Decision {
  if (program.state.name === 'waiting') return { program, actions: [] };
  const why = `${reason}; not started (the engine is shutting down)`;
  return enter(program, { name: 'waiting', cause, reason }, why, emit('waiting', why));
}

/** Starts a program for which nothing is left to wait. */
export function spawnNow(program: Program, cause: StartCause, why: string): Decision {
  const { state } = program;
  const runNumber = program.runs + 1;
  const launching: StateOf<'launching'> = { name: 'launching', cause, ...waitedIn(state) };
  return enter({ ...program, runs: runNumber }, launching, why, { kind: 'spawn', runNumber });
}

function waitedIn(state: LifecycleState): Pick<StateOf<'launching'>, 'waited'> {
  if (state.name !== 'waiting' || state.lacking === undefined) return {};
  return { waited: { reason: state.reason, lacking: state.lacking } };
}

/** Counts an attempt to start a program, whether it succeeds or fails for a reason that waiting does not remove. */
export function countAttempt(program: Program, cause: StartCause, now: Moment): Program {
  return { ...program, counters: countersAtStart(program.counters, cause, now) };
}

/** Counts a start that succeeded. */
export function countStart(program: Program, cause: StartCause, now: Moment): Program {
  return { ...countAttempt(program, cause, now), restarts: program.restarts + (isRestart(cause) ? 1 : 0) };
}

interface PendingStart {
  readonly cause: StartCause;
  readonly reason: string;
  readonly lacking: Shortage;
}

/** Waits for a resource and tries again every second. It is reported once, and counts neither as an attempt nor as a failure. */
export function waitForResource(program: Program, start: PendingStart, { chance }: Circumstances): Decision {
  const { state } = program;
  const { cause, reason, lacking } = start;
  const retry: Action = { kind: 'arm', afterMs: retryDelay(chance) };
  const isSame = state.name === 'waiting' && state.cause === cause && state.reason === reason;
  if (isSame && state.lacking?.why === lacking.why) return { program, actions: [retry] };
  const isKnown = state.name === 'launching' && state.waited?.lacking.why === lacking.why;
  const report = isKnown ? [] : [emit('waiting', lacking.why, null, { resource: lacking.resource })];
  return enter(program, { name: 'waiting', cause, reason, lacking }, lacking.why, ...report, retry);
}

/** Returns whether a start counts, and is reported, as a restart. */
export function isRestart(cause: StartCause): boolean {
  return cause !== 'boot' && cause !== 'start';
}

/** Waits for dependencies. A requested start also starts those that are idle; a start that follows a fault does not. */
function wait(program: Program, cause: StartCause, reason: string, missing: readonly Missing[]): Decision {
  const isRequested = cause === 'boot' || cause === 'start' || cause === 'operator';
  const others = isRequested ? missing.filter(({ isIdle }) => isIdle).map(({ id }) => id) : [];
  const starting: Action[] = others.length === 0 ? [] : [{ kind: 'startOthers', ids: others }];
  const why = describeMissing(
    missing.map((dependency) => (others.includes(dependency.id) ? { ...dependency, obstacle: null } : dependency)),
  );
  return enter(program, { name: 'waiting', cause, reason }, why, emit('waiting', why), ...starting);
}

function countersAtStart(counters: RestartCounters, cause: StartCause, now: Moment): RestartCounters {
  const remember = (restart: Restart['cause']): Restart[] =>
    rememberRestart(counters.history, { at: now, cause: restart });
  switch (cause) {
    case 'crash':
    case 'limit':
    case 'health':
    case 'anomaly':
      return { ...counters, history: remember(cause) };
    case 'operator':
    case 'config':
      return { failures: 0, backoffStep: 0, history: remember('operator') };
    case 'start':
      return { ...counters, failures: 0, backoffStep: 0 };
    case 'cooldown':
      // The start after a cooldown counts as well: otherwise the window could contain one start too many.
      return { ...counters, history: remember('cooldown') };
    case 'boot':
    case 'schedule':
      return counters;
  }
}
