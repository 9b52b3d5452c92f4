import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Suppression } from '../healing.ts';
import { describeEvidence, hasStartupCheck } from '../health.ts';
import { type Action, type Decision, emit } from './actions.ts';
import { after, type Circumstances, enter, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import { heal } from './stopping.ts';
import { failGoal } from './readiness.ts';
import { isChecked, type Program, type UpState } from './state.ts';
import { emitSuppressed, type Response, suppressionNow } from './suppressing.ts';

/** Returns the state if check results count in it. A program that is paused, being stopped or not running cannot answer. */
function probedState({ state, spec }: Program): UpState | null {
  return isChecked(state, spec) ? state : null;
}

/** Makes a starting program running on its first passed check, or an unhealthy one healthy again. */
function becameHealthy(program: Program, { evidence }: FactOf<'becameHealthy'>): Decision {
  const state = probedState(program);
  if (state === null || program.health === 'healthy') return ignore(program);
  const { run } = state;
  const answers = describeEvidence({ ...evidence, times: 1 });
  const sentence = program.health === 'unhealthy' ? `healthy again: ${answers}` : `healthy: ${answers}`;
  const report = emit('healthy', sentence, run.pid, { ...evidence });
  const why = program.health === 'unhealthy' ? sentence : program.why;
  const healthy: Program = { ...program, health: 'healthy' };
  if (state.name === 'running') return enter(healthy, state, why, report);
  return enter(healthy, { name: 'running', run }, why, emit('running', `up: ${answers}`, run.pid), report);
}

/** Heals an unhealthy program. Called for every failure after the first verdict, so that healing starts once it is resumed. */
function becameUnhealthy(
  program: Program,
  { evidence }: FactOf<'becameUnhealthy'>,
  circumstances: Circumstances,
): Decision {
  const state = probedState(program);
  if (state === null) return ignore(program);
  const fault = `health check failed: ${describeEvidence(evidence)}`;
  // Until it is ready, only the timeout counts.
  if (state.name === 'starting' && program.spec.ready !== null) return ignore(program);
  const isNews = program.health !== 'unhealthy';
  const report = isNews ? [emit('unhealthy', fault, state.run.pid, { ...evidence })] : [];
  const unhealthy: Program = { ...program, health: 'unhealthy' };
  const suppression = suppressionNow(program, circumstances);
  if (suppression !== null) return observe(unhealthy, state, { fault, suppression, report: isNews ? report : null });
  return after(report, heal(unhealthy, state, { fault, goal: { kind: 'heal', fault, cause: 'health' } }));
}

/** Heals a program whose watchdog expired. One that is starting has the timeout of its readiness. */
function watchdogFailed(program: Program, { how }: FactOf<'watchdogFailed'>, circumstances: Circumstances): Decision {
  const { state } = program;
  if (state.name !== 'running') return ignore(program);
  const fault = `watchdog: ${how}`;
  const isNews = program.health !== 'unhealthy';
  const report = isNews ? [emit('unhealthy', fault, state.run.pid, { watchdog: true })] : [];
  const unhealthy: Program = { ...program, health: 'unhealthy' };
  const suppression = suppressionNow(program, circumstances);
  if (suppression !== null) return observe(unhealthy, state, { fault, suppression, report: isNews ? report : null });
  return after(report, heal(unhealthy, state, { fault, goal: { kind: 'heal', fault, cause: 'health' } }));
}

/** Applies `failAction` to a program that did not become healthy in time. */
function startupCheckFailed(
  program: Program,
  { evidence }: FactOf<'startupCheckFailed'>,
  circumstances: Circumstances,
): Decision {
  const { state } = program;
  if (state.name !== 'starting' || program.spec.ready !== null) return ignore(program);
  const fault = `did not become healthy in time: ${describeEvidence(evidence)}`;
  const suppression = suppressionNow(program, circumstances);
  const action = suppression === null ? failActionOf(program.spec) : 'observe';
  const report = [emit('startup-check-failed', fault, state.run.pid, { ...evidence, action })];
  const unhealthy: Program = { ...program, health: 'unhealthy' };
  // Nothing is done about it, so it counts as running from now on.
  if (suppression !== null) {
    const response = failActionOf(program.spec);
    return observe(unhealthy, { name: 'running', run: state.run }, { fault, suppression, report, response });
  }
  return after(report, heal(unhealthy, state, { fault, goal: failGoal(failActionOf(program.spec), fault) }));
}

function failActionOf({ health }: ProcessSpec): 'restart' | 'disable' | 'fail' {
  return health?.startupCheck.failAction ?? 'restart';
}

interface ObservedFault {
  readonly fault: string;
  readonly suppression: Suppression;
  /** The event about the fault; null if it was emitted before. */
  readonly report: readonly Action[] | null;
  readonly response?: Response;
}

function observe(program: Program, state: UpState, { report, ...suppressed }: ObservedFault): Decision {
  if (report === null) return ignore(program);
  const would = emitSuppressed(program.spec, { ...suppressed, pid: state.run.pid });
  return after(report, enter(program, state, `unhealthy, not healed: ${suppressed.fault}`, ...would));
}

/** Resets the health of a program whose check was added, changed or removed while it runs. */
function healthCheckChanged(program: Program): Decision {
  const { state } = program;
  const unknown: Program = { ...program, health: 'unknown' };
  if (state.name !== 'starting' || program.spec.ready !== null || hasStartupCheck(program.spec)) {
    return program.health === 'unknown' ? ignore(program) : { program: unknown, actions: [] };
  }
  const why = 'up: its startup check was removed';
  return enter(unknown, { name: 'running', run: state.run }, program.why, emit('running', why, state.run.pid));
}

/** The facts about the health check of a program. */
type HealthFact = FactOf<
  'becameHealthy' | 'becameUnhealthy' | 'watchdogFailed' | 'startupCheckFailed' | 'healthCheckChanged'
>;

/** Handles the results of health checks, and changes of the health check itself. */
export function healthChanged(program: Program, fact: HealthFact, circumstances: Circumstances): Decision {
  switch (fact.kind) {
    case 'becameHealthy':
      return becameHealthy(program, fact);
    case 'becameUnhealthy':
      return becameUnhealthy(program, fact, circumstances);
    case 'watchdogFailed':
      return watchdogFailed(program, fact, circumstances);
    case 'startupCheckFailed':
      return startupCheckFailed(program, fact, circumstances);
    case 'healthCheckChanged':
      return healthCheckChanged(program);
  }
}
