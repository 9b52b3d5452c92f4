import type { Decision } from './actions.ts';
import { anomalyFound } from './anomaly-found.ts';
import { becameHealthy, becameUnhealthy, healthCheckChanged, startupCheckFailed } from './checking.ts';
import type { Circumstances } from './decide.ts';
import { exited, treeEnded } from './ending.ts';
import type { Fact } from './facts.ts';
import { pauseAsked, resumeAsked } from './pausing.ts';
import { restartDue } from './planning.ts';
import { healingChanged } from './releasing.ts';
import { reloadAsked } from './reloading.ts';
import {
  adopted,
  cooldownResetAsked,
  enableAsked,
  neededByOther,
  spawned,
  spawnFailed,
  startAsked,
} from './starting.ts';
import type { Program } from './state.ts';
import { disableAsked, limitExceeded, removeAsked, restartAsked, stopAsked } from './stopping.ts';
import { timeElapsed } from './timing.ts';
import { dependencyChanged } from './waiting.ts';
import { zombiesKept } from './zombies-kept.ts';

/**
 * The life of a program: what it becomes when something happens, and what is to be done about it. Pure and total:
 * every state has an answer to every fact, if only to ignore it.
 */
export function advance(program: Program, fact: Fact, circumstances: Circumstances): Decision {
  switch (fact.kind) {
    case 'startAsked':
      return startAsked(program, fact, circumstances);
    case 'neededByOther':
      return neededByOther(program, fact, circumstances);
    case 'dependencyChanged':
      return dependencyChanged(program, circumstances);
    case 'spawned':
      return spawned(program, fact);
    case 'spawnFailed':
      return spawnFailed(program, fact, circumstances);
    case 'adopted':
      return adopted(program, fact);
    case 'exited':
      return exited(program, fact, circumstances);
    case 'treeEnded':
      return treeEnded(program, circumstances);
    case 'timeElapsed':
      return timeElapsed(program, circumstances);
    case 'stopAsked':
      return stopAsked(program, fact);
    case 'restartAsked':
      return restartAsked(program, fact, circumstances);
    case 'pauseAsked':
      return pauseAsked(program);
    case 'resumeAsked':
      return resumeAsked(program);
    case 'reloadAsked':
      return reloadAsked(program);
    case 'restartDue':
      return restartDue(program, fact, circumstances);
    case 'healingChanged':
      return healingChanged(program, circumstances);
    case 'enableAsked':
      return enableAsked(program, circumstances);
    case 'disableAsked':
      return disableAsked(program);
    case 'removeAsked':
      return removeAsked(program);
    case 'cooldownResetAsked':
      return cooldownResetAsked(program, circumstances);
    case 'limitExceeded':
      return limitExceeded(program, fact, circumstances);
    case 'anomalyFound':
      return anomalyFound(program, fact, circumstances);
    case 'zombiesKept':
      return zombiesKept(program, fact, circumstances);
    case 'becameHealthy':
      return becameHealthy(program, fact);
    case 'becameUnhealthy':
      return becameUnhealthy(program, fact, circumstances);
    case 'startupCheckFailed':
      return startupCheckFailed(program, fact, circumstances);
    case 'healthCheckChanged':
      return healthCheckChanged(program);
  }
}
