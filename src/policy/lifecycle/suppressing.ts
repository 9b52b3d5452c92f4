import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { type Suppression, SUPPRESSION_TEXTS, suppressionOf } from '../healing.ts';
import { later } from '../moment.ts';
import type { RestartVerdict } from '../restart.ts';
import { type Action, type Decision, emit } from './actions.ts';
import { type Circumstances, enter } from './decide.ts';
import type { Program, StartCause, StateOf } from './state.ts';

/** The causes of starts that only healing requests. */
const HEALING_CAUSES: readonly StartCause[] = ['crash', 'limit', 'health', 'anomaly', 'cooldown'];

/** Returns why healing is suppressed for this program now; null if it is not. */
export function suppressionNow({ spec }: Program, circumstances: Circumstances): Suppression | null {
  return suppressionOf(spec, circumstances.suppression);
}

/** Returns why a start is suppressed: only starts that healing requests can be. */
export function suppressionOnStart(program: Program, cause: StartCause, now: Circumstances): Suppression | null {
  return HEALING_CAUSES.includes(cause) ? suppressionNow(program, now) : null;
}

/** What healing would do about a fault: stop and start again, kill the tree first, disable, or give up. */
export type Response = 'restart' | 'kill' | 'disable' | 'fail';

/** A fault that healing does not act on. */
export interface SuppressedFault {
  readonly suppression: Suppression;
  readonly fault: string;
  readonly pid: number | null;
  /** `restart` by default. */
  readonly response?: Response;
  /** True if another event causes the alert about the fault. */
  readonly quiet?: boolean;
}

/** Returns the event for what healing would have done; none while the engine shuts down, since it heals nothing then. */
export function emitSuppressed(
  { restart }: ProcessSpec,
  { suppression, fault, pid, response = 'restart', quiet = false }: SuppressedFault,
): Action[] {
  if (suppression === 'shutting-down') return [];
  const would = describeResponse(response, restart.policy === 'never');
  const data = { because: suppression, response, ...(quiet ? { quiet } : {}) };
  return [emit('would-restart', `would have ${would}: ${fault}`, pid, data)];
}

function describeResponse(response: Response, isFinal: boolean): string {
  switch (response) {
    case 'restart':
      return isFinal ? 'stopped it for good (restart policy "never")' : 'restarted';
    case 'kill':
      return isFinal ? 'killed its process tree' : 'killed its process tree and restarted';
    case 'disable':
      return 'stopped and disabled it';
    case 'fail':
      return 'stopped it for good (startupCheck.failAction "fail")';
  }
}

/** Counts a restart but does not perform it: it follows when healing resumes. */
export function suppressRestart(
  program: Program,
  verdict: RestartVerdict & { readonly next: 'restart' },
  { suppression, cause }: { readonly suppression: Suppression; readonly cause: StateOf<'backoff'>['cause'] },
  { now }: Circumstances,
): Decision {
  const why = `${verdict.why}; ${notRestarted(suppression)}`;
  const until = later(now, verdict.delayMs);
  const counted = { ...program, counters: verdict.counters };
  return enter(
    counted,
    { name: 'backoff', until, delayMs: verdict.delayMs, cause, restartWhy: verdict.restartWhy },
    why,
    ...emitSuppressed(program.spec, { suppression, fault: verdict.why, pid: null }),
  );
}

/** Keeps a program down although its cooldown, backoff or wait is over. */
export function suppressStart(program: Program, suppression: Suppression): Decision {
  const suppressed = notRestarted(suppression);
  if (program.why.endsWith(suppressed)) return { program, actions: [] };
  return { program: { ...program, why: `the next start is due; ${suppressed}` }, actions: [] };
}

function notRestarted(suppression: Suppression): string {
  return `not restarted (${SUPPRESSION_TEXTS[suppression]})`;
}
