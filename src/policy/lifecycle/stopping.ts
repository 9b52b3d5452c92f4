import { MEASURE_NAMES } from '../../protocol/memory-measure.ts';
import { seconds } from '../exit-facts.ts';
import { type Action, type Decision, emit } from './actions.ts';
import { after, type Circumstances, enter, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import { launch } from './launching.ts';
import { outOfCooldown } from './starting.ts';
import {
  isSearching,
  isUp,
  phased,
  type Program,
  type Run,
  type StateOf,
  type StopGoal,
  type UpState,
} from './state.ts';
import { suppressionNow, emitSuppressed } from './suppressing.ts';

/** How to stop a live program. */
interface StopRequest {
  readonly goal: StopGoal;
  readonly why: string;
  readonly graceful: boolean;
  /** Time from the stop signal to SIGKILL. */
  readonly graceMs: number;
}

export type LiveState = UpState | StateOf<'paused'>;

/** Stops a live program: sends its stop signal to `stop.target` and arms a timer, or sends SIGKILL right away. */
export function beginStop(program: Program, state: LiveState, request: StopRequest): Decision {
  const { run } = state;
  const exit = isSearching(state) ? state.forked : null;
  const stopping: StateOf<'stopping'> = { name: 'stopping', run, goal: request.goal, stage: 'graceful', exit };
  // Its main process is not known, so all of its processes are stopped.
  const watching: Action[] = exit === null ? [] : [{ kind: 'watchLeftovers', run }];
  if (!request.graceful) {
    const decision = force(program, stopping, request.why);
    return { ...decision, actions: [...decision.actions, ...watching] };
  }
  const { signal } = program.spec.stop;
  const target = exit === null ? program.spec.stop.target : 'tree';
  return enter(
    program,
    { ...stopping, sent: { signal, timeoutMs: request.graceMs } },
    request.why,
    emit(
      'stopping',
      `${request.why}; sent ${signal}, waiting up to ${seconds(request.graceMs)}`,
      run.pid,
      goalData(stopping),
    ),
    { kind: 'sendStop', run, signal, to: target },
    ...watching,
    { kind: 'arm', afterMs: request.graceMs },
  );
}

/** Returns what follows the stop, for an engine that finds the event but not the state that belongs to it. */
function goalData({ goal: { kind, ...more } }: StateOf<'stopping'>): Readonly<Record<string, unknown>> {
  return { goal: kind, ...more };
}

/** Sends SIGKILL to the whole tree. */
export function force(program: Program, state: StateOf<'stopping'>, why: string): Decision {
  return enter(
    program,
    { ...state, stage: 'forced' },
    why,
    emit('killed', why, state.run.pid, { signal: 'SIGKILL', ...goalData(state) }),
    ...killing(program, state.run),
  );
}

/** Returns the actions that send SIGKILL and arm a timer for the check whether the tree is gone. */
export function killing(program: Program, run: Run): Action[] {
  return [
    { kind: 'killTree', run },
    { kind: 'arm', afterMs: program.spec.stop.forceTimeoutMs },
  ];
}

/** Stops a live program and cancels a pending start. A forced stop overrides a graceful one that is in progress. */
export function stopRequested(program: Program, fact: FactOf<'stopRequested'>): Decision {
  const { phase, state } = phased(program.state);
  const why = `stopped by the ${fact.by}`;
  const graceMs = fact.timeoutMs ?? program.spec.stop.gracefulTimeoutMs;
  switch (phase) {
    case 'up':
    case 'paused':
      return beginStop(program, state, { goal: { kind: 'stop' }, why, graceful: fact.graceful, graceMs });
    case 'stopping':
      return escalateStop(program, state, fact, why);
    case 'pending':
    case 'idle':
      if (state.name === 'stopped') return ignore(program);
      return enter(outOfCooldown(program), { name: 'stopped' }, why, emit('stopped', why));
    case 'disabled':
    case 'launching':
      return ignore(program);
  }
}

function escalateStop(
  program: Program,
  state: StateOf<'stopping'>,
  { graceful, timeoutMs }: FactOf<'stopRequested'>,
  why: string,
): Decision {
  const keepsGoal = state.goal.kind === 'disable' || state.goal.kind === 'remove';
  const requested = keepsGoal ? state : { ...state, goal: { kind: 'stop' } as const };
  if (!graceful && state.stage !== 'forced') return force(program, requested, why);
  return shortenStop(program, requested, timeoutMs, why);
}

/** Continues a stop for another reason. A shorter timeout replaces that of the earlier request. */
function shortenStop(program: Program, state: StateOf<'stopping'>, timeoutMs: number | null, why: string): Decision {
  const { sent, stage, run } = state;
  const isShorter = timeoutMs !== null && stage === 'graceful' && timeoutMs < (sent?.timeoutMs ?? Infinity);
  if (!isShorter) return state === program.state && why === program.why ? ignore(program) : enter(program, state, why);
  const shortened = sent === undefined ? state : { ...state, sent: { ...sent, timeoutMs } };
  const report = emit('stopping', `${why}; waiting up to ${seconds(timeoutMs)} more`, run.pid, goalData(state));
  return enter(program, shortened, why, report, { kind: 'armSooner', afterMs: timeoutMs });
}

/** Restarts a live program; starts any other unless it is disabled. */
export function restartRequested(
  program: Program,
  fact: FactOf<'restartRequested'>,
  circumstances: Circumstances,
): Decision {
  const { phase, state } = phased(program.state);
  const why = whyRestarted(fact);
  const goal: StopGoal = { kind: 'restart', cause: fact.by };
  switch (phase) {
    case 'up':
    case 'paused': {
      const graceMs = fact.timeoutMs ?? program.spec.stop.gracefulTimeoutMs;
      return beginStop(program, state, { goal, why, graceful: true, graceMs });
    }
    case 'stopping': {
      const next = state.goal.kind === 'remove' ? state : { ...state, goal };
      return shortenStop(program, next, fact.timeoutMs, next === state ? program.why : why);
    }
    case 'pending':
    case 'idle':
      return launch(program, fact.by, why, circumstances);
    case 'disabled':
    case 'launching':
      return ignore(program);
  }
}

function whyRestarted({ by, with: dependency }: FactOf<'restartRequested'>): string {
  if (dependency !== undefined) return `restarted with its dependency ${dependency}`;
  return by === 'operator' ? 'restarted by the operator' : 'restarted because its configuration changed';
}

/** Stops the program and prevents every start until it is enabled. */
export function disableRequested(program: Program): Decision {
  const { phase, state } = phased(program.state);
  const why = 'disabled by the operator';
  const goal: StopGoal = { kind: 'disable' };
  const graceMs = program.spec.stop.gracefulTimeoutMs;
  switch (phase) {
    case 'up':
    case 'paused':
      return beginStop(program, state, { goal, why, graceful: true, graceMs });
    case 'stopping':
      return state.goal.kind === 'remove' ? ignore(program) : enter(program, { ...state, goal }, why);
    case 'pending':
    case 'idle':
      return enter(outOfCooldown(program), { name: 'disabled' }, why, emit('disabled', why));
    case 'disabled':
    case 'launching':
      return ignore(program);
  }
}

/** Stops a live program and then forgets it; forgets any other right away. */
export function removeRequested(program: Program): Decision {
  const { phase, state } = phased(program.state);
  const why = 'no longer configured';
  const goal: StopGoal = { kind: 'remove' };
  const graceMs = program.spec.stop.gracefulTimeoutMs;
  switch (phase) {
    case 'up':
    case 'paused':
      return beginStop(program, state, { goal, why, graceful: true, graceMs });
    case 'stopping':
      return enter(program, { ...state, goal }, why);
    case 'launching':
      return ignore(program);
    case 'disabled':
    case 'pending':
    case 'idle':
      return enter(program, { name: 'stopped' }, why, emit('removed', why), { kind: 'forget' });
  }
}

const RESOURCES = {
  cpu: { event: 'limit-cpu', noun: 'CPU', unit: '%' },
  memory: { event: 'limit-memory', noun: 'memory', unit: ' MB' },
} as const;

/** Reports that a limit was exceeded, and restarts the program unless healing is suppressed. */
export function limitExceeded(program: Program, fact: FactOf<'limitExceeded'>, circumstances: Circumstances): Decision {
  const { state } = program;
  // The operator is responsible for a paused program, and one that is being stopped will be gone soon.
  if (!isUp(state)) return ignore(program);
  const { event, noun, unit } = RESOURCES[fact.resource];
  const { measured, limit, samples, measure } = fact;
  const by = measure === undefined ? '' : ` (${MEASURE_NAMES[measure]})`;
  const fault = `${noun} ${String(measured)}${unit} exceeded limit ${String(limit)}${unit}${by}`;
  const data = { measured, limit, samples, ...(measure === undefined ? {} : { measure }) };
  const report = emit(event, fault, state.run.pid, data);
  const suppression = suppressionNow(program, circumstances);
  if (suppression !== null)
    return { program, actions: [report, ...emitSuppressed(program.spec, { suppression, fault, pid: state.run.pid })] };
  return after([report], heal(program, state, { fault, goal: { kind: 'heal', fault, cause: 'limit' } }));
}

/** Why healing stops a program, and what follows. */
export interface Healing {
  readonly fault: string;
  readonly goal: StopGoal;
  /** False to force kill it at once; true by default. */
  readonly graceful?: boolean;
}

/** Stops a program because of a fault, with the short timeout of healing. The goal decides what happens next. */
export function heal(program: Program, state: LiveState, { fault, goal, graceful = true }: Healing): Decision {
  const { healTimeoutMs: graceMs } = program.spec;
  return beginStop(program, state, { goal, why: `stopped: ${fault}`, graceful, graceMs });
}
