import type { Action, Decision } from '../../../src/policy/lifecycle/actions.ts';
import type { Circumstances } from '../../../src/policy/lifecycle/decide.ts';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import { advance } from '../../../src/policy/lifecycle/lifecycle.ts';
import type { Program } from '../../../src/policy/lifecycle/state.ts';
import { circumstances } from '../../support/programs.ts';

/** One action as a word: «event», "arm 1000", "SIGTERM tree", "spawn 2". */
function wordOf(action: Action): string {
  switch (action.kind) {
    case 'emit':
      return `«${action.event}»`;
    case 'arm':
      return `arm ${String(action.afterMs)}`;
    case 'armSooner':
      return `arm ${String(action.afterMs)} if sooner`;
    case 'armLater':
      return `arm ${String(action.afterMs)} if later`;
    case 'sendStop':
      return `${action.signal} to ${action.to}`;
    case 'runBefore':
      return 'command before the start';
    case 'runStopCommand':
      return `stop command ${String(action.timeoutMs)}`;
    case 'signalMain':
      return `${action.signal} main`;
    case 'spawn':
      return `spawn ${String(action.runNumber)}`;
    case 'spawnBeside':
      return `spawn ${String(action.runNumber)} beside`;
    case 'startOthers':
      return `start ${action.ids.join(' ')}`;
    case 'closeRun':
    case 'findMain':
    case 'followMain':
    case 'forget':
    case 'freezeTree':
    case 'killTree':
    case 'thawTree':
    case 'watchLeftovers':
      return action.kind;
  }
}

/** Returns the state and the actions of a decision as one line. */
export function summaryOf({ program, actions }: Decision): string {
  return [program.state.name, ...actions.map(wordOf)].join(', ');
}

/** Feeds facts one after the other. Returns the last decision. */
export function decide(program: Program, facts: readonly Fact[], now: Circumstances = circumstances()): Decision {
  return facts.reduce<Decision>((decision, fact) => advance(decision.program, fact, now), { program, actions: [] });
}

/** The reasons of the events of a decision. */
export function reasonsOf({ actions }: Decision): string[] {
  return actions.flatMap((action) => (action.kind === 'emit' ? [action.reason] : []));
}
