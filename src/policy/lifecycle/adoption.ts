import type { ExitFacts } from '../exit-facts.ts';
import { advance } from './lifecycle.ts';
import { type Decision, tell } from './actions.ts';
import { after, type Circumstances, enter, ignore } from './decide.ts';
import type { Fact } from './facts.ts';
import { type LifecycleState, type Program, type Run, runOf, type StateOf } from './state.ts';

/** What became of the run an earlier engine left behind. */
export type RunOutcome =
  | { readonly kind: 'alive'; readonly run: Run; readonly paused: boolean }
  | { readonly kind: 'ended'; readonly exit: ExitFacts; readonly leftovers: boolean }
  /** It went together with its engine, as when a container is restarted: not the program's fault, so nothing is counted. */
  | { readonly kind: 'lost' }
  /** There was none. */
  | { readonly kind: 'none' };

/**
 * Takes a program over from an earlier engine (SPEC section 4, "Engine death"): `recorded` is the program as that
 * engine last wrote it down. Survivors go on as if nothing had happened, deaths are noticed now and follow the
 * restart policy, and rests go on for what is left of them.
 */
export function recall(recorded: Program, outcome: RunOutcome, circumstances: Circumstances): Decision {
  switch (outcome.kind) {
    case 'alive':
      return recorded.state.name === 'launching'
        ? advance(recorded, { kind: 'spawned', run: outcome.run }, circumstances)
        : takeOver(recorded, outcome.run, outcome.paused, circumstances);
    case 'lost':
      return lost(recorded);
    case 'ended':
      if (recorded.state.name === 'stopping' && recorded.state.exit !== null)
        return resumeClearUp(recorded, recorded.state, outcome.leftovers, circumstances);
      return advance(
        { ...recorded, state: stateOfRun(recorded.state) },
        { kind: 'exited', exit: outcome.exit, leftovers: outcome.leftovers },
        circumstances,
      );
    case 'none':
      return resume(recorded, circumstances);
  }
}

function takeOver(recorded: Program, run: Run, paused: boolean, circumstances: Circumstances): Decision {
  const atRest: Program = { ...recorded, state: { name: 'stopped' } };
  const decision = advance(atRest, { kind: 'adopted', run, paused }, circumstances);
  const pending = pendingRequest(recorded.state);
  return pending === null ? decision : after(decision.actions, advance(decision.program, pending, circumstances));
}

/** The exit was recorded already, and only what the run left behind had still to go. */
function resumeClearUp(
  recorded: Program,
  { run }: StateOf<'stopping'>,
  leftovers: boolean,
  circumstances: Circumstances,
): Decision {
  if (!leftovers || recorded.spec.leftovers === 'leave') return advance(recorded, { kind: 'treeEnded' }, circumstances);
  return {
    program: recorded,
    actions: [
      { kind: 'signalTree', run, signal: 'SIGTERM', thaw: true },
      { kind: 'watchLeftovers', run },
      { kind: 'arm', afterMs: recorded.spec.healTimeoutMs },
    ],
  };
}

/** Records the end of a run that died with its engine. The program starts as it does on a first boot. */
function lost(recorded: Program): Decision {
  const run = runOf(recorded.state);
  const why = 'ended together with the engine';
  const isDisabled = recorded.state.name === 'stopping' && recorded.state.goal.kind === 'disable';
  const atRest: Program = { ...recorded, state: { name: isDisabled ? 'disabled' : 'stopped' }, why };
  if (run === null) return { program: atRest, actions: [] };
  const facts = { code: null, signal: null, coreDumped: false, withEngine: true };
  return { program: atRest, actions: [tell('exited', why, run.pid, facts), { kind: 'closeRun', run }] };
}

/** What the earlier engine was in the middle of asking for. */
function pendingRequest(state: LifecycleState): Fact | null {
  if (state.name !== 'stopping') return null;
  switch (state.goal.kind) {
    case 'stop':
      return { kind: 'stopAsked', graceful: true, timeoutMs: null, by: 'operator' };
    case 'disable':
      return { kind: 'disableAsked' };
    case 'remove':
      return { kind: 'removeAsked' };
    case 'restart':
      return {
        kind: 'restartAsked',
        timeoutMs: null,
        by: state.goal.cause === 'schedule' ? 'operator' : state.goal.cause,
      };
    case 'heal':
    case 'fail':
    case 'clear-up':
      return null;
  }
}

/** A run that was only being started when its engine died counts as up. */
function stateOfRun(state: LifecycleState): LifecycleState {
  const run = runOf(state);
  if (run === null) return state;
  return state.name === 'stopping' ? { ...state, exit: null } : { name: 'running', run };
}

function resume(recorded: Program, circumstances: Circumstances): Decision {
  const { state } = recorded;
  const { now } = circumstances;
  switch (state.name) {
    case 'waiting':
      return advance(recorded, { kind: 'dependencyChanged' }, circumstances);
    case 'backoff':
    case 'cooldown':
      return enter(recorded, state, recorded.why, { kind: 'arm', afterMs: Math.max(0, state.until.mono - now.mono) });
    case 'launching':
      // The earlier engine died in the act. The start is counted already, so this one is not counted again.
      return enter(recorded, state, recorded.why, { kind: 'spawn', runNumber: recorded.runs });
    case 'disabled':
    case 'stopped':
    case 'failed':
    case 'exited':
    case 'starting':
    case 'running':
    case 'paused':
    case 'stopping':
      return ignore(recorded);
  }
}
