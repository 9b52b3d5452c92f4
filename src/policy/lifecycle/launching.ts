import { type Restart, rememberRestart } from '../cooldown.ts';
import { describeMissing, type Missing } from './dependencies.ts';
import type { Moment } from '../moment.ts';
import type { RestartCounters } from '../restart.ts';
import { type Action, type Decision, emit } from './actions.ts';
import { type Circumstances, enter } from './decide.ts';
import type { Program, StartCause } from './state.ts';

/** Starts a program now, or once its dependencies are met. Every start goes through here. */
export function launch(program: Program, cause: StartCause, why: string, circumstances: Circumstances): Decision {
  const { now, missing } = circumstances;
  if (missing.length > 0) return wait(program, cause, why, missing);
  const runNumber = program.runs + 1;
  const launched: Program = {
    ...program,
    runs: runNumber,
    restarts: program.restarts + (isRestart(cause) ? 1 : 0),
    counters: countersAtStart(program.counters, cause, now),
  };
  return enter(launched, { name: 'launching', cause }, why, { kind: 'spawn', runNumber });
}

/** Returns whether a start counts, and is reported, as a restart. */
export function isRestart(cause: StartCause): boolean {
  return cause !== 'boot' && cause !== 'start';
}

/** Returns the program as it was before a start that did not take place. Its run number stays used. */
export function uncounted(program: Program, cause: StartCause): Program {
  if (!isRestart(cause)) return program;
  const { counters } = program;
  const isRemembered = cause !== 'schedule' && cause !== 'cooldown';
  const history = isRemembered ? counters.history.slice(0, -1) : counters.history;
  return { ...program, restarts: program.restarts - 1, counters: { ...counters, history } };
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
    case 'boot':
    case 'schedule':
    case 'cooldown':
      return counters;
  }
}
