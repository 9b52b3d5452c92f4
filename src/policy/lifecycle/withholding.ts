import { type Restraint, RESTRAINT_WORDS, restraintOf } from '../healing.ts';
import { later } from '../moment.ts';
import type { RestartVerdict } from '../restart.ts';
import { type Action, type Decision, tell } from './actions.ts';
import { type Circumstances, enter } from './decide.ts';
import type { Program, StartCause, StateOf } from './state.ts';

/** Starts that healing asks for, and nobody else. */
const HEALING_CAUSES: readonly StartCause[] = ['crash', 'limit', 'health', 'anomaly', 'cooldown'];

/** What keeps this program from being healed now; null when nothing does. */
export function restraintNow({ spec }: Program, circumstances: Circumstances): Restraint | null {
  return restraintOf(spec, circumstances.restraint);
}

/** What keeps a start from happening: of those that healing asks for, and of no others. */
export function restraintOnStart(program: Program, cause: StartCause, now: Circumstances): Restraint | null {
  return HEALING_CAUSES.includes(cause) ? restraintNow(program, now) : null;
}

/** Tells what healing would have done. Of an engine that goes down nobody expects it. */
export function tellWithheld(restraint: Restraint, fault: string, pid: number | null): Action[] {
  if (restraint === 'going-down') return [];
  return [tell('would-restart', `would have restarted: ${fault}`, pid, { because: restraint })];
}

/** The restart that the policy asks for counts and waits: it follows when healing is released. */
export function withholdRestart(
  program: Program,
  verdict: RestartVerdict & { readonly next: 'restart' },
  restraint: Restraint,
  cause: StateOf<'backoff'>['cause'],
  { now }: Circumstances,
): Decision {
  const why = `${verdict.story}; ${RESTRAINT_WORDS[restraint]}, so it stays down`;
  const until = later(now, verdict.delayMs);
  const counted = { ...program, counters: verdict.counters };
  return enter(counted, { name: 'backoff', until, cause }, why, ...tellWithheld(restraint, verdict.story, null));
}

/** A rest or delay is over, and the start that was to follow is not made. */
export function withholdStart(program: Program, restraint: Restraint): Decision {
  const withheld = `${RESTRAINT_WORDS[restraint]}, so it stays down`;
  if (program.why.endsWith(withheld)) return { program, actions: [] };
  return { program: { ...program, why: `its next start is due; ${withheld}` }, actions: [] };
}
