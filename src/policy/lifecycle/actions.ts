import type { EventKind } from '../../protocol/event-kinds.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Program, Run } from './state.ts';

/** The processes that receive a stop signal. `outside-group`: all of the tree except the process group of the program. */
export type StopReceivers = ProcessSpec['stop']['target'] | 'outside-group';

/** What the engine has to do. Policy only names the action; `engine/core/perform.ts` performs it. */
export type Action =
  | { readonly kind: 'spawn'; readonly runNumber: number }
  /** Starts a run beside the current one. */
  | { readonly kind: 'spawnBeside'; readonly runNumber: number }
  /** Request the start of programs that this one depends on. */
  | { readonly kind: 'startOthers'; readonly ids: readonly string[] }
  /** Sends a stop signal, then SIGCONT to the whole tree, because a stopped process cannot handle a signal. */
  | { readonly kind: 'sendStop'; readonly run: Run; readonly signal: string; readonly to: StopReceivers }
  /** Runs `hooks.before` and posts `beforeEnded`. It is killed once the program does not wait for it any more. */
  | { readonly kind: 'runBefore' }
  /** Runs `stop.command` and posts `stopCommandEnded`. It is killed after this time, or once the stop is over. */
  | { readonly kind: 'runStopCommand'; readonly run: Run; readonly timeoutMs: number }
  /** Signals only the main process. */
  | { readonly kind: 'signalMain'; readonly run: Run; readonly signal: string }
  | { readonly kind: 'killTree'; readonly run: Run }
  | { readonly kind: 'freezeTree'; readonly run: Run }
  | { readonly kind: 'thawTree'; readonly run: Run }
  /** Watches the rest of the tree and posts `treeEnded` once it is gone. */
  | { readonly kind: 'watchLeftovers'; readonly run: Run }
  /** Searches for the main process of a program that moved itself to the background, and posts `mainFound` or `mainMissing`. */
  | { readonly kind: 'findMain'; readonly run: Run }
  /** Watches for the exit of the process that is now the main process of the run. */
  | { readonly kind: 'followMain'; readonly run: Run }
  /** Ends the run: its output can be drained and its pipes removed. */
  | { readonly kind: 'closeRun'; readonly run: Run }
  /** Replaces the timer of the program; leaving the state cancels it. */
  | { readonly kind: 'arm'; readonly afterMs: number }
  /** The same, unless the timer expires earlier anyway. */
  /** Moves the expiry of the timer to this time from now, if that is later. */
  | { readonly kind: 'armLater'; readonly afterMs: number }
  | { readonly kind: 'armSooner'; readonly afterMs: number }
  | {
      readonly kind: 'emit';
      readonly event: EventKind;
      readonly reason: string;
      readonly pid: number | null;
      readonly data: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'forget' };

/** The outcome of one fact: the new program and the actions that follow. */
export interface Decision {
  readonly program: Program;
  readonly actions: readonly Action[];
}

/** Returns the action that emits an event of the program; `reason` says why it happened. */
export function emit(
  event: EventKind,
  reason: string,
  pid: number | null = null,
  data: Readonly<Record<string, unknown>> = {},
): Action {
  return { kind: 'emit', event, reason, pid, data };
}
