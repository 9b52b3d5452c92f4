import type { Decision } from './actions.ts';
import { anomalyFound } from './anomaly-found.ts';
import { beforeEnded } from './before-start.ts';
import { healthChanged } from './checking.ts';
import { type Circumstances, ignore } from './decide.ts';
import { exited, treeEnded } from './ending.ts';
import type { Fact } from './facts.ts';
import { fleetLost } from './fleet-lost.ts';
import { mainSearched } from './main-process.ts';
import { besideLaunched, besideObserved, besideOf, withoutLostRun } from './overlapping.ts';
import { pauseChanged } from './pausing.ts';
import { restartDue } from './planning.ts';
import { startQueued } from './queued-runs.ts';
import { runTimeExceeded } from './run-time.ts';
import { readinessChanged } from './readiness.ts';
import { healingChanged } from './releasing.ts';
import { reloadRequested } from './reloading.ts';
import { adopted, enableRequested, launched, neededByDependent, startRequested } from './starting.ts';
import { retried } from './redefining.ts';
import { type MainProcess, type Program, type Run, runOf } from './state.ts';
import { isSameProcess } from '../../base/process-identity.ts';
import { stopCommandEnded } from './stop-progress.ts';
import { disableRequested, limitExceeded, removeRequested, restartRequested, stopRequested } from './stopping.ts';
import { timeElapsed } from './timing.ts';
import { unmanagedSeen } from './unmanaged.ts';
import { preconditionChanged } from './waiting.ts';
import { zombiesNotReaped } from './zombies-not-reaped.ts';

/**
 * Returns the new state of a program after a fact, and the actions that follow. Pure and total: every state handles
 * every fact, even if it ignores it.
 */
export function advance(program: Program, fact: Fact, circumstances: Circumstances): Decision {
  const beside = besideOf(program);
  if ('of' in fact && beside !== null && isOf(beside, fact.of))
    return withoutLostRun(program, besideObserved(program, fact));
  if (isAboutAnother(program, fact)) return ignore(program);
  return withoutLostRun(program, startQueued(react(program, fact, circumstances), circumstances));
}

type ObservedFact = Extract<Fact, { readonly of: MainProcess }>;

function react(program: Program, fact: Fact, circumstances: Circumstances): Decision {
  return 'of' in fact ? observed(program, fact, circumstances) : requested(program, fact, circumstances);
}

/** Handles a request, the outcome of an action, or a change around the program. */
function requested(program: Program, fact: Exclude<Fact, ObservedFact>, circumstances: Circumstances): Decision {
  switch (fact.kind) {
    case 'startRequested':
      return startRequested(program, fact, circumstances);
    case 'neededByDependent':
      return neededByDependent(program, fact, circumstances);
    case 'dependencyChanged':
    case 'displayAppeared':
      return preconditionChanged(program, fact, circumstances);
    case 'spawned':
    case 'spawnFailed':
    case 'displayMissing':
      return launched(program, fact, circumstances);
    case 'spawnedBeside':
    case 'spawnBesideFailed':
      return besideLaunched(program, fact);
    case 'beforeEnded':
      return beforeEnded(program, fact, circumstances);
    case 'adopted':
    case 'unmanagedSeen':
      return fact.kind === 'adopted' ? adopted(program, fact, circumstances) : unmanagedSeen(program, fact);
    case 'timeElapsed':
      return timeElapsed(program, circumstances);
    case 'stopRequested':
      return stopRequested(program, fact);
    case 'restartRequested':
      return restartRequested(program, fact, circumstances);
    case 'pauseRequested':
    case 'resumeRequested':
      return pauseChanged(program, fact);
    case 'reloadRequested':
      return reloadRequested(program);
    case 'restartDue':
      return restartDue(program, fact, circumstances);
    case 'healingChanged':
      return healingChanged(program, circumstances);
    case 'fleetLost':
      return fleetLost(program, circumstances);
    case 'enableRequested':
      return enableRequested(program, circumstances);
    case 'disableRequested':
      return disableRequested(program);
    case 'removeRequested':
      return removeRequested(program);
    case 'cooldownResetRequested':
    case 'definitionChanged':
      return retried(program, fact, circumstances);
    case 'healthCheckChanged':
      return healthChanged(program, fact, circumstances);
  }
}

/** Handles what was observed of the main process. */
function observed(program: Program, fact: ObservedFact, circumstances: Circumstances): Decision {
  switch (fact.kind) {
    case 'exited':
      return exited(program, fact, circumstances);
    case 'mainFound':
    case 'mainMissing':
    case 'mainChanged':
      return mainSearched(program, fact, circumstances);
    case 'treeEnded':
      return treeEnded(program, circumstances);
    case 'stopCommandEnded':
      return stopCommandEnded(program, fact);
    case 'runTimeExceeded':
      return runTimeExceeded(program, fact, circumstances);
    case 'limitExceeded':
      return limitExceeded(program, fact, circumstances);
    case 'anomalyFound':
      return anomalyFound(program, fact, circumstances);
    case 'zombiesNotReaped':
      return zombiesNotReaped(program, fact, circumstances);
    case 'becameReady':
    case 'timeoutExtended':
      return readinessChanged(program, fact);
    case 'becameHealthy':
    case 'becameUnhealthy':
    case 'watchdogFailed':
    case 'startupCheckFailed':
      return healthChanged(program, fact, circumstances);
  }
}

/**
 * Returns whether a fact was observed of a process that is not the main process of the program any more. Observations take
 * time: in the meantime the program may have been restarted, or may have moved itself to the background.
 */
function isAboutAnother({ state }: Program, fact: Fact): boolean {
  if (!('of' in fact)) return false;
  const run = runOf(state);
  return run === null || !isOf(run, fact.of);
}

function isOf(run: Run, of: MainProcess): boolean {
  return run.number === of.number && isSameProcess(run, of);
}
