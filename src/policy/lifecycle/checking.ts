import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Restraint } from '../healing.ts';
import { describeEvidence } from '../health.ts';
import { type Action, type Decision, tell } from './actions.ts';
import { after, type Circumstances, enter, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import { heal } from './stopping.ts';
import { isUp, type Program, type StopGoal, type UpState } from './state.ts';
import { restraintNow, tellWithheld } from './withholding.ts';

/** The checked program, while its answers count: one that is frozen, ending or at rest cannot be blamed for silence. */
function probedState({ state }: Program): UpState | null {
  return isUp(state) ? state : null;
}

/** The first answer makes a starting program running; a later one ends an unhealthy spell. */
export function becameHealthy(program: Program, { evidence }: FactOf<'becameHealthy'>): Decision {
  const state = probedState(program);
  if (state === null || program.health === 'healthy') return ignore(program);
  const { run } = state;
  const answers = describeEvidence({ ...evidence, times: 1 });
  const sentence = program.health === 'unhealthy' ? `healthy again: ${answers}` : `healthy: ${answers}`;
  const told = tell('healthy', sentence, run.pid, { ...evidence });
  const why = program.health === 'unhealthy' ? sentence : program.why;
  const healthy: Program = { ...program, health: 'healthy' };
  if (state.name === 'running') return enter(healthy, state, why, told);
  return enter(healthy, { name: 'running', run }, why, tell('running', `up: ${answers}`, run.pid), told);
}

/** Told with every failure from the first verdict on, so that healing begins as soon as nothing holds it back. */
export function becameUnhealthy(
  program: Program,
  { evidence }: FactOf<'becameUnhealthy'>,
  circumstances: Circumstances,
): Decision {
  const state = probedState(program);
  if (state === null) return ignore(program);
  const fault = `its health check failed: ${describeEvidence(evidence)}`;
  const isNews = program.health !== 'unhealthy';
  const told = isNews ? [tell('unhealthy', fault, state.run.pid, { ...evidence })] : [];
  const unhealthy: Program = { ...program, health: 'unhealthy' };
  const restraint = restraintNow(program, circumstances);
  if (restraint !== null) return observe(unhealthy, state, fault, restraint, isNews ? told : null);
  return after(told, heal(unhealthy, state, fault, { kind: 'heal', fault, cause: 'health' }));
}

/** A start that never answered ends as `failAction` says. */
export function startupCheckFailed(
  program: Program,
  { evidence }: FactOf<'startupCheckFailed'>,
  circumstances: Circumstances,
): Decision {
  const { state } = program;
  if (state.name !== 'starting') return ignore(program);
  const fault = `it did not become healthy in time: ${describeEvidence(evidence)}`;
  const restraint = restraintNow(program, circumstances);
  const action = restraint === null ? failActionOf(program.spec) : 'observe';
  const told = [tell('startup-check-failed', fault, state.run.pid, { ...evidence, action })];
  const unhealthy: Program = { ...program, health: 'unhealthy' };
  // It is let be, so nothing more is to be waited for.
  if (restraint !== null) {
    return observe(unhealthy, { name: 'running', run: state.run }, fault, restraint, told);
  }
  return after(told, heal(unhealthy, state, fault, goalOf(program.spec, fault)));
}

function failActionOf({ health }: ProcessSpec): 'restart' | 'disable' | 'fail' {
  return health?.startupCheck.failAction ?? 'restart';
}

function goalOf(spec: ProcessSpec, fault: string): StopGoal {
  switch (failActionOf(spec)) {
    case 'restart':
      return { kind: 'heal', fault, cause: 'health' };
    case 'disable':
      return { kind: 'disable' };
    case 'fail':
      return { kind: 'fail', fault };
  }
}

/** @param told what is to be told of the fault; null when it is known already */
function observe(
  program: Program,
  state: UpState,
  fault: string,
  restraint: Restraint,
  told: readonly Action[] | null,
): Decision {
  if (told === null) return ignore(program);
  const would = tellWithheld(restraint, fault, state.run.pid);
  return after(told, enter(program, state, `unhealthy, left as it is: ${fault}`, ...would));
}

/** The check was changed, added or taken away while the program ran: what the old one said counts no more. */
export function healthCheckChanged(program: Program): Decision {
  const { state } = program;
  const unknown: Program = { ...program, health: 'unknown' };
  if (state.name !== 'starting' || program.spec.health !== null) {
    return program.health === 'unknown' ? ignore(program) : { program: unknown, actions: [] };
  }
  const why = 'up: no health check is defined any more';
  return enter(unknown, { name: 'running', run: state.run }, program.why, tell('running', why, state.run.pid));
}
