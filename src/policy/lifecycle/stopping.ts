import { seconds } from '../exit-facts.ts';
import { type Action, type Decision, tell } from './actions.ts';
import { after, type Circumstances, enter, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import { launch } from './launching.ts';
import { isUp, phased, type Program, type Run, type StateOf, type StopGoal, type UpState } from './state.ts';
import { restraintNow, tellWithheld } from './withholding.ts';

/** How a live program is to be ended. */
interface StopRequest {
  readonly goal: StopGoal;
  readonly why: string;
  readonly graceful: boolean;
  /** How long the graceful part may take. */
  readonly graceMs: number;
}

export type LiveState = UpState | StateOf<'paused'>;

/** Asks a live program to end: its signal to the whole tree and a timer, or SIGKILL at once. */
export function beginStop(program: Program, state: LiveState, request: StopRequest): Decision {
  const { run } = state;
  const stopping: StateOf<'stopping'> = { name: 'stopping', run, goal: request.goal, stage: 'graceful', exit: null };
  if (!request.graceful) return force(program, stopping, request.why);
  const { signal } = program.spec.stop;
  return enter(
    program,
    stopping,
    request.why,
    tell('stopping', `${request.why}; sent ${signal}, waiting up to ${seconds(request.graceMs)}`, run.pid),
    { kind: 'signalTree', run, signal, thaw: isFrozen(state, request.goal) },
    { kind: 'arm', afterMs: request.graceMs },
  );
}

/** A program that hangs may have been stopped by somebody else: awake, it can still end well. */
function isFrozen(state: LiveState, goal: StopGoal): boolean {
  return state.name === 'paused' || (goal.kind === 'heal' && goal.cause === 'health');
}

/** SIGKILL to the whole tree. */
export function force(program: Program, state: StateOf<'stopping'>, why: string): Decision {
  return enter(
    program,
    { ...state, stage: 'forced' },
    why,
    tell('killed', why, state.run.pid, { signal: 'SIGKILL' }),
    ...killing(program, state.run),
  );
}

/** SIGKILL, and a look whether it helped. */
export function killing(program: Program, run: Run): Action[] {
  return [
    { kind: 'killTree', run },
    { kind: 'arm', afterMs: program.spec.stop.forceTimeoutMs },
  ];
}

/** Ends what lives and lets what waits for its start rest. A second stop without grace ends the grace of the first. */
export function stopAsked(program: Program, fact: FactOf<'stopAsked'>): Decision {
  const { phase, state } = phased(program.state);
  const why = `stopped by the ${fact.by}`;
  const graceMs = fact.timeoutMs ?? program.spec.stop.gracefulTimeoutMs;
  switch (phase) {
    case 'up':
    case 'paused':
      return beginStop(program, state, { goal: { kind: 'stop' }, why, graceful: fact.graceful, graceMs });
    case 'stopping':
      return stopSooner(program, state, fact.graceful, why);
    case 'pending':
    case 'idle':
      if (state.name === 'stopped') return ignore(program);
      return enter(program, { name: 'stopped' }, why, tell('stopped', why));
    case 'disabled':
    case 'launching':
      return ignore(program);
  }
}

function stopSooner(program: Program, state: StateOf<'stopping'>, graceful: boolean, why: string): Decision {
  const keepsGoal = state.goal.kind === 'disable' || state.goal.kind === 'remove';
  const asked = keepsGoal ? state : { ...state, goal: { kind: 'stop' } as const };
  if (!graceful && state.stage !== 'forced') return force(program, asked, why);
  return enter(program, asked, why);
}

/** Ends what lives and starts it again; starts what rests. */
export function restartAsked(program: Program, fact: FactOf<'restartAsked'>, circumstances: Circumstances): Decision {
  const { phase, state } = phased(program.state);
  const why = fact.by === 'operator' ? 'restarted by the operator' : 'restarted because its configuration changed';
  const goal: StopGoal = { kind: 'restart', cause: fact.by };
  switch (phase) {
    case 'up':
    case 'paused': {
      const graceMs = fact.timeoutMs ?? program.spec.stop.gracefulTimeoutMs;
      return beginStop(program, state, { goal, why, graceful: true, graceMs });
    }
    case 'stopping':
      return state.goal.kind === 'remove' ? ignore(program) : enter(program, { ...state, goal }, why);
    case 'pending':
    case 'idle':
      return launch(program, fact.by, why, circumstances);
    case 'disabled':
    case 'launching':
      return ignore(program);
  }
}

/** Ends what lives, and forbids every start until it is enabled. */
export function disableAsked(program: Program): Decision {
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
      return enter(program, { name: 'disabled' }, why, tell('disabled', why));
    case 'disabled':
    case 'launching':
      return ignore(program);
  }
}

/** Ends what lives, and forgets the program then; what rests is forgotten at once. */
export function removeAsked(program: Program): Decision {
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
      return enter(program, { name: 'stopped' }, why, tell('removed', why), { kind: 'forget' });
  }
}

const RESOURCES = {
  cpu: { event: 'limit-cpu', noun: 'CPU', unit: '%' },
  memory: { event: 'limit-memory', noun: 'memory', unit: ' MB' },
} as const;

/** Too much CPU or memory: told, and healed where nothing keeps healing from it. */
export function limitExceeded(program: Program, fact: FactOf<'limitExceeded'>, circumstances: Circumstances): Decision {
  const { state } = program;
  // A frozen program is its operator's business, and one that is ending will be gone soon.
  if (!isUp(state)) return ignore(program);
  const { event, noun, unit } = RESOURCES[fact.resource];
  const fault = `its ${noun} was ${String(fact.measured)}${unit}, above its limit of ${String(fact.limit)}${unit}`;
  const { measured, limit, samples } = fact;
  const told = tell(event, fault, state.run.pid, { measured, limit, samples });
  const restraint = restraintNow(program, circumstances);
  if (restraint !== null) return { program, actions: [told, ...tellWithheld(restraint, fault, state.run.pid)] };
  return after([told], heal(program, state, fault, { kind: 'heal', fault, cause: 'limit' }));
}

/** Ends a program in which a fault was found, soon and unless told otherwise gracefully; what follows is the goal's. */
export function heal(program: Program, state: LiveState, fault: string, goal: StopGoal, graceful = true): Decision {
  const { healTimeoutMs: graceMs } = program.spec;
  return beginStop(program, state, { goal, why: `healing: ${fault}`, graceful, graceMs });
}
