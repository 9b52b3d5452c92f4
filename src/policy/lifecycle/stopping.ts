import { MEASURE_NAMES } from '../../protocol/memory-measure.ts';
import { seconds } from '../exit-facts.ts';
import { type Action, type Decision, emit } from './actions.ts';
import { after, type Circumstances, enter, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import { launch } from './launching.ts';
import { force, goalData, takeStep } from './stop-progress.ts';
import { stopSteps, totalMs } from './stop-steps.ts';
import { outOfCooldown } from './starting.ts';
import { isSearching, isUp, phased, type Program, type StateOf, type StopGoal, type UpState } from './state.ts';
import { suppressionNow, emitSuppressed } from './suppressing.ts';

/** How to stop a live program. */
interface StopRequest {
  readonly goal: StopGoal;
  readonly why: string;
  readonly graceful: boolean;
  /** Time from the first step to SIGKILL; null if the definition decides. */
  readonly graceMs: number | null;
  readonly isHealing?: boolean;
}

export type LiveState = UpState | StateOf<'paused'>;

/** Stops a live program: sends its stop signal to `stop.target` and arms a timer, or sends SIGKILL right away. */
export function beginStop(program: Program, state: LiveState, request: StopRequest): Decision {
  const { run } = state;
  const exit = isSearching(state) ? state.forked : null;
  const stopping: StateOf<'stopping'> = { name: 'stopping', run, goal: request.goal, stage: 'graceful', exit };
  const watching: Action[] = exit === null ? [] : [{ kind: 'watchLeftovers', run }];
  if (!request.graceful) {
    const decision = force(program, stopping, request.why);
    return { ...decision, actions: [...decision.actions, ...watching] };
  }
  const steps = stopSteps(program.spec.stop, { timeoutMs: request.graceMs, isHealing: request.isHealing === true });
  const decision = takeStep(program, stopping, steps, { why: request.why, report: request.why });
  return { ...decision, actions: [...decision.actions, ...watching] };
}

/** Stops a live program and cancels a pending start. A forced stop overrides a graceful one that is in progress. */
export function stopRequested(program: Program, fact: FactOf<'stopRequested'>): Decision {
  const { phase, state } = phased(program.state);
  const why = `stopped by the ${fact.by}`;
  const graceMs = fact.timeoutMs;
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
  const { sent, stage, run, next = [] } = state;
  const leftMs = (state.commandMs ?? sent?.timeoutMs ?? Infinity) + totalMs(next);
  const isShorter = timeoutMs !== null && stage === 'graceful' && timeoutMs < leftMs;
  if (!isShorter) return state === program.state && why === program.why ? ignore(program) : enter(program, state, why);
  // Steps that do not fit any more are left out.
  const shortened = {
    ...state,
    next: undefined,
    ...(state.commandMs === undefined ? {} : { commandMs: timeoutMs }),
    ...(sent === undefined ? {} : { sent: { ...sent, timeoutMs } }),
  };
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
      const graceMs = fact.timeoutMs;
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
  const graceMs = null;
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
  const graceMs = null;
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
  return beginStop(program, state, { goal, why: `stopped: ${fault}`, graceful, graceMs, isHealing: true });
}
