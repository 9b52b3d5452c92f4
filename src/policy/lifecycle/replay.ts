import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { EventKind } from '../../protocol/event-kinds.ts';
import type { ExitFacts } from '../exit-facts.ts';
import { type Moment, recallFuture, recallPast } from '../moment.ts';
import type { Circumstances } from './decide.ts';
import { treeEnded } from './ending.ts';
import { countStart } from './launching.ts';
import { outOfCooldown, withoutHistory } from './starting.ts';
import {
  type LifecycleState,
  type Program,
  type Run,
  runOf,
  START_CAUSES,
  type StartCause,
  type StateOf,
  type StopGoal,
} from './state.ts';

/** The start time of a process that is known only from an event. No process has it, so no signal reaches a reused pid. */
const UNKNOWN_START = -1;

/**
 * Applies events that an earlier engine recorded after it last wrote this program. They correct a state file that was
 * truncated, or whose engine was killed between the two writes: otherwise, the same exit would be recorded twice.
 */
export function replay(program: Program, events: readonly EngineEvent[], now: Moment): Program {
  const last = events.reduce((current, event) => replayOne(current, event, now), program);
  // Nothing is recorded when a stop is complete.
  const isStopped = last.state.name === 'stopping' && last.state.goal.kind === 'stop';
  return isStopped && last !== program ? settled(last, last.state.exit?.atWall ?? now.wall, now) : last;
}

type Replay = (program: Program, event: EngineEvent, now: Moment) => Program;

/** What each kind of event says about the state of its program. The other kinds leave it as it is. */
const REPLAYS: Partial<Record<EventKind, Replay>> = {
  started: begun,
  restarted: begun,
  adopted: begun,
  exited: ofRun(ended),
  crashed: ofRun(ended),
  running: ofRun((program, run) => ({ ...program, state: { name: 'running', run } })),
  resumed: ofRun((program, run) => ({ ...program, state: { name: 'running', run } })),
  paused: ofRun((program, run) => ({ ...program, state: { name: 'paused', run } })),
  stopping: ofRun(withGoal),
  killed: ofRun(withGoal),
  'restart-scheduled': entering(({ time, data }, now) => {
    const delayMs = typeof data['delayMs'] === 'number' ? data['delayMs'] : 0;
    return { name: 'backoff', until: recallFuture(Date.parse(time) + delayMs, now, delayMs), delayMs, cause: 'crash' };
  }),
  'cooldown-started': entering(({ time, data }, now) => {
    const until = Date.parse(String(data['until']));
    return { name: 'cooldown', until: recallFuture(until, now, Math.max(0, until - Date.parse(time))) };
  }),
  'cooldown-ended': (program, event, now) =>
    withoutHistory(entering(({ reason }) => ({ name: 'waiting', cause: 'cooldown', reason }))(program, event, now)),
  failed: entering(() => ({ name: 'failed' })),
  disabled: entering(() => ({ name: 'disabled' })),
  enabled: entering(() => ({ name: 'stopped' })),
  stopped: entering(() => ({ name: 'stopped' })),
};

function replayOne(program: Program, event: EngineEvent, now: Moment): Program {
  return REPLAYS[event.kind]?.(program, event, now) ?? program;
}

/** Applies an event to the run that it is about. An event about an earlier run changes nothing. */
function ofRun(apply: (program: Program, run: Run, event: EngineEvent) => Program): Replay {
  return (program, event) => {
    const run = runOf(program.state);
    return run !== null && run.pid === event.pid ? apply(program, run, event) : program;
  };
}

/** Enters a state without a run. */
function entering(stateOf: (event: EngineEvent, now: Moment) => LifecycleState): Replay {
  return (program, event, now) => {
    const settledBefore = settled(program, Date.parse(event.time), now);
    const before = event.kind === 'cooldown-started' ? settledBefore : outOfCooldown(settledBefore);
    const state = stateOf(event, now);
    // The event also says when the restart is due.
    const why = before.state.name === 'backoff' && state.name === 'backoff' ? before.why : event.reason;
    return { ...before, state, why };
  };
}

/** The program has a new run. A start that the state already contains is not counted again. */
function begun(program: Program, { kind, pid, time, data, reason }: EngineEvent, now: Moment): Program {
  if (pid === null || runOf(program.state)?.pid === pid) return program;
  const atWall = Date.parse(time);
  const before = outOfCooldown(settled(program, atWall, now));
  const number = typeof data['run'] === 'number' ? data['run'] : before.runs + 1;
  // A start is counted once it has succeeded, so that of a program that is being launched is not counted yet.
  const isCounted = kind === 'adopted' || (number <= before.runs && before.state.name !== 'launching');
  const counted = isCounted ? before : countStart(before, causeOf(data), recallPast(atWall, now));
  const run: Run = {
    ...{ number, pid, startTicks: UNKNOWN_START, startedAt: recallPast(atWall, now), adopted: true },
  };
  const isRunning = kind === 'adopted' && data['isStarting'] !== true;
  const state: LifecycleState = { name: isRunning ? 'running' : 'starting', run };
  return { ...counted, runs: Math.max(before.runs, number), state, why: reason };
}

function causeOf({ cause }: EngineEvent['data']): StartCause {
  return START_CAUSES.find((known) => known === cause) ?? 'boot';
}

/** The exit was recorded, but not what followed from it: the next engine decides on that. */
function ended(program: Program, run: Run, { time, data, reason }: EngineEvent): Program {
  const exit: ExitFacts = {
    code: typeof data['code'] === 'number' ? data['code'] : null,
    signal: typeof data['signal'] === 'string' ? data['signal'] : null,
    coreDumped: data['coreDumped'] === true,
    uptimeMs: typeof data['uptimeMs'] === 'number' ? data['uptimeMs'] : 0,
    atWall: Date.parse(time),
    ...(typeof data['coreDump'] === 'string' ? { coreDump: data['coreDump'] } : {}),
  };
  const state: StateOf<'stopping'> =
    program.state.name === 'stopping'
      ? { ...program.state, exit }
      : { name: 'stopping', run, goal: clearUp(data), stage: 'graceful', exit };
  return { ...program, state, why: reason, lastExit: { exit, reason } };
}

function clearUp({ display }: EngineEvent['data']): StopGoal {
  return typeof display === 'string' ? { kind: 'clear-up', display } : { kind: 'clear-up' };
}

function withGoal(program: Program, run: Run, { kind, data, reason }: EngineEvent): Program {
  const goal = goalOf(data) ?? (program.state.name === 'stopping' ? program.state.goal : null);
  if (goal === null) return program;
  const stage = kind === 'killed' ? 'forced' : 'graceful';
  return { ...program, state: { name: 'stopping', run, goal, stage, exit: null }, why: reason };
}

/** Returns the goal as the event records it; null if the event is from a version that did not. */
function goalOf({ goal, cause, fault, afterMs }: EngineEvent['data']): StopGoal | null {
  switch (goal) {
    case 'stop':
    case 'disable':
    case 'remove':
    case 'clear-up':
      return { kind: goal };
    case 'restart':
      return { kind: 'restart', cause: cause === 'config' || cause === 'schedule' ? cause : 'operator' };
    case 'heal':
      return { kind: 'heal', fault: String(fault), cause: cause === 'health' || cause === 'anomaly' ? cause : 'limit' };
    case 'await-fleet':
      return { kind: 'await-fleet', afterMs: Number(afterMs) };
    case 'fail':
      return { kind: 'fail', fault: String(fault) };
    default:
      return null;
  }
}

/** Applies the consequence of an exit that was recorded. */
function settled(program: Program, atWall: number, now: Moment): Program {
  const { state } = program;
  if (state.name !== 'stopping' || state.exit === null) return program;
  return treeEnded(program, asOf(atWall, now)).program;
}

function asOf(atWall: number, now: Moment): Circumstances {
  return { now: recallPast(atWall, now), chance: 0.5, missing: [], suppression: null };
}
