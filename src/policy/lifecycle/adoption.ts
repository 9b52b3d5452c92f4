import type { ExitFacts } from '../exit-facts.ts';
import { launch, leaveToNextEngine } from './launching.ts';
import { advance } from './lifecycle.ts';
import { type Action, type Decision, emit } from './actions.ts';
import { after, type Circumstances, enter, ignore } from './decide.ts';
import type { Fact } from './facts.ts';
import { continueStop, hasStep } from './stop-progress.ts';
import { isSearching, type LifecycleState, type Program, type Run, runOf, type StateOf } from './state.ts';

/** What happened to the run of an earlier engine. */
export type RunOutcome =
  | { readonly kind: 'alive'; readonly run: Run; readonly paused: boolean }
  | { readonly kind: 'ended'; readonly exit: ExitFacts; readonly leftovers: boolean }
  /** The run died together with its engine, as when a container restarts. This is not a fault and counts nowhere. */
  | { readonly kind: 'lost' }
  /** There was no run. */
  | { readonly kind: 'none' };

/**
 * Continues a program of an earlier engine; `recorded` is the last state that engine wrote. Surviving processes are
 * re-adopted, exits that happened in the meantime follow the restart policy, and cooldowns and delays run for their
 * remaining time.
 */
export function recall(recorded: Program, outcome: RunOutcome, circumstances: Circumstances): Decision {
  switch (outcome.kind) {
    case 'alive':
      return recorded.state.name === 'launching'
        ? advance(recorded, { kind: 'spawned', run: outcome.run }, circumstances)
        : readopt(recorded, outcome.run, outcome.paused, circumstances);
    case 'lost':
      return lost(recorded);
    case 'ended':
      if (recorded.state.name === 'stopping' && recorded.state.exit !== null)
        return resumeCleanUp(recorded, recorded.state, outcome.leftovers, circumstances);
      return recordExit(recorded, outcome, circumstances);
    case 'none':
      return resume(recorded, circumstances);
  }
}

function readopt(recorded: Program, run: Run, paused: boolean, circumstances: Circumstances): Decision {
  const idle: Program = { ...recorded, state: { name: 'stopped' } };
  const isStarting = recorded.state.name === 'starting' && recorded.spec.ready !== null && !paused;
  const decision = advance(idle, { kind: 'adopted', run, paused, isStarting }, circumstances);
  const { state } = recorded;
  if (state.name === 'stopping' && hasStep(state)) {
    return after(decision.actions, continueStop(decision.program, { ...state, run }, recorded.why));
  }
  const pending = pendingRequest(recorded.state);
  return pending === null ? decision : after(decision.actions, advance(decision.program, pending, circumstances));
}

/** Records an exit that happened while no engine ran. Leftover processes of an interrupted stop are terminated again. */
function recordExit(
  recorded: Program,
  { exit: seen, leftovers }: Extract<RunOutcome, { kind: 'ended' }>,
  circumstances: Circumstances,
): Decision {
  const current = { ...recorded, state: stateOfRun(recorded.state) };
  // The started process had exited before, and its successor in the background was being searched for.
  const exit = isSearching(recorded.state) ? recorded.state.forked : seen;
  const run = runOf(current.state);
  if (run === null) return ignore(recorded);
  const decision = advance(current, { kind: 'exited', of: run, exit, leftovers }, circumstances);
  const { state } = decision.program;
  const isWaiting = recorded.state.name === 'stopping' && state.name === 'stopping';
  if (!isWaiting) return decision;
  // They may not have been signaled yet, so they get the time of a stop. The decision itself sets no timer.
  const { gracefulTimeoutMs } = recorded.spec.stop;
  const signal = state.sent?.signal ?? recorded.spec.stop.signal;
  const events = decision.actions.filter(({ kind }) => kind === 'emit');
  return { ...decision, actions: [...events, ...terminateLeftovers(state.run, signal, gracefulTimeoutMs)] };
}

/** Continues to terminate leftover processes of a run whose exit was recorded before. */
function resumeCleanUp(
  recorded: Program,
  { run }: StateOf<'stopping'>,
  leftovers: boolean,
  circumstances: Circumstances,
): Decision {
  if (!leftovers || recorded.spec.leftovers === 'leave')
    return advance(recorded, { kind: 'treeEnded', of: run }, circumstances);
  return { program: recorded, actions: terminateLeftovers(run, 'SIGTERM', recorded.spec.healTimeoutMs) };
}

function terminateLeftovers(run: Run, signal: string, timeoutMs: number): Action[] {
  return [
    { kind: 'sendStop', run, signal, to: 'tree' },
    { kind: 'watchLeftovers', run },
    { kind: 'arm', afterMs: timeoutMs },
  ];
}

/** Records the end of a run that died with its engine. The program starts as it does on a first boot. */
function lost(recorded: Program): Decision {
  const run = runOf(recorded.state);
  const why = 'exited together with the engine';
  const isDisabled = recorded.state.name === 'stopping' && recorded.state.goal.kind === 'disable';
  const idle: Program = { ...recorded, state: { name: isDisabled ? 'disabled' : 'stopped' }, why };
  if (run === null) return { program: idle, actions: [] };
  const facts = { code: null, signal: null, coreDumped: false, withEngine: true };
  return { program: idle, actions: [emit('exited', why, run.pid, facts), { kind: 'closeRun', run }] };
}

/**
 * Returns the decision for a program that is about to be started with the engine. If this engine is killed before, the next
 * one must not take the program for one that an operator stopped.
 */
export function dueToStart({ program, actions }: Decision): Decision {
  if (program.state.name !== 'stopped') return { program, actions };
  const state: LifecycleState = { name: 'waiting', cause: 'boot', reason: 'started with the engine' };
  return { program: { ...program, state, why: 'is started with the engine' }, actions };
}

/** Returns the request that the earlier engine did not complete. */
function pendingRequest(state: LifecycleState): Fact | null {
  if (state.name !== 'stopping') return null;
  switch (state.goal.kind) {
    case 'stop':
      return { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' };
    case 'disable':
      return { kind: 'disableRequested' };
    case 'remove':
      return { kind: 'removeRequested' };
    case 'restart':
      return {
        kind: 'restartRequested',
        timeoutMs: null,
        by: state.goal.cause === 'schedule' ? 'operator' : state.goal.cause,
      };
    case 'heal':
    case 'await-fleet':
    case 'fail':
    case 'clear-up':
      return null;
  }
}

/** Treats a run that was still starting when its engine died as running. */
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
      // The command before the start died with the engine that ran it.
      if (state.for === 'before') {
        const idle: Program = { ...recorded, state: { name: 'stopped' } };
        return launch(idle, state.cause, state.reason, circumstances);
      }
      return advance(recorded, { kind: 'dependencyChanged' }, circumstances);
    case 'backoff':
    case 'cooldown':
      return enter(recorded, state, recorded.why, { kind: 'arm', afterMs: Math.max(0, state.until.mono - now.mono) });
    case 'launching':
      if (circumstances.suppression === 'shutting-down') return leaveToNextEngine(recorded, state.cause, recorded.why);
      // The earlier engine died during the spawn, which it had not counted yet.
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
