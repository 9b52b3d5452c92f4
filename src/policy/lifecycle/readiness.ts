import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { seconds } from '../exit-facts.ts';
import { type Decision, emit } from './actions.ts';
import { after, type Circumstances, enter, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import { isSearching, type Program, type StateOf, type StopGoal } from './state.ts';
import { heal } from './stopping.ts';
import { emitSuppressed, suppressionNow } from './suppressing.ts';

type ReadyRule = NonNullable<ProcessSpec['ready']>;

/** Makes a starting program running, because it is ready. */
function becameReady(program: Program, { how }: FactOf<'becameReady'>): Decision {
  const { state, spec } = program;
  if (state.name !== 'starting' || isSearching(state) || spec.ready === null) return ignore(program);
  return enter(
    program,
    { name: 'running', run: state.run },
    program.why,
    emit('running', `ready: ${how}`, state.run.pid),
  );
}

/** Grants a program that is starting or stopping more time, as it requested. */
function timeoutExtended(program: Program, { extraMs }: FactOf<'timeoutExtended'>): Decision {
  const { state, spec } = program;
  const isWaiting = state.name === 'starting' && !isSearching(state) && spec.ready?.delayMs === undefined;
  const isStopping = state.name === 'stopping' && state.stage === 'graceful';
  if (!isStopping && !(isWaiting && spec.ready !== null)) return ignore(program);
  return { program, actions: [{ kind: 'armLater', afterMs: extraMs }] };
}

/** Handles what a program says about its own readiness. */
export function readinessChanged(program: Program, fact: FactOf<'becameReady' | 'timeoutExtended'>): Decision {
  return fact.kind === 'becameReady' ? becameReady(program, fact) : timeoutExtended(program, fact);
}

/** Handles the timer of a starting program: it has been up long enough, or was not ready in time. */
export function startElapsed(program: Program, state: StateOf<'starting'>, circumstances: Circumstances): Decision {
  const { ready, startSeconds } = program.spec;
  if (isSearching(state)) return ignore(program);
  if (ready === null) return isUpFor(program, state, startSeconds * 1000);
  if (ready.delayMs !== undefined) return isUpFor(program, state, ready.delayMs);
  return notReady(program, state, ready, circumstances);
}

function isUpFor(program: Program, { run }: StateOf<'starting'>, ms: number): Decision {
  return enter(program, { name: 'running', run }, program.why, emit('running', `up for ${seconds(ms)}`, run.pid));
}

/** Applies `failAction` to a program that was not ready in time. */
function notReady(
  program: Program,
  state: StateOf<'starting'>,
  ready: ReadyRule,
  circumstances: Circumstances,
): Decision {
  const { run } = state;
  const { failAction } = ready;
  const fault = `not ready within ${seconds(ready.timeoutMs)}: ${describeMissed(ready)}`;
  const suppression = failAction === 'warn' ? null : suppressionNow(program, circumstances);
  const action = suppression === null ? failAction : 'observe';
  const report = emit('startup-check-failed', fault, run.pid, { action });
  if (failAction === 'warn' || suppression !== null) {
    // Nothing is done about it, so it counts as running from now on.
    const would =
      failAction === 'warn' || suppression === null
        ? []
        : emitSuppressed(program.spec, { suppression, fault, pid: run.pid, response: failAction });
    return enter(program, { name: 'running', run }, `running, but ${fault}`, report, ...would);
  }
  return after([report], heal(program, state, { fault, goal: failGoal(failAction, fault) }));
}

/** Returns what follows the stop of a program whose start failed. */
export function failGoal(action: 'restart' | 'disable' | 'fail', fault: string): StopGoal {
  switch (action) {
    case 'restart':
      return { kind: 'heal', fault, cause: 'health' };
    case 'disable':
      return { kind: 'disable' };
    case 'fail':
      return { kind: 'fail', fault };
  }
}

function describeMissed({ log, notify, fd, message }: ReadyRule): string {
  if (log !== undefined) return `no line of its output matched "${log}"`;
  if (notify !== undefined) return 'it did not send READY=1';
  if (fd !== undefined) return `it did not write a newline to descriptor ${String(fd)}`;
  if (message !== undefined) return `it did not send the message "${message}"`;
  return 'its health check did not pass';
}
