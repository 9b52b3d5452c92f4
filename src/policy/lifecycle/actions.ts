import type { EventKind } from '../../protocol/event-kinds.ts';
import type { Program, Run } from './state.ts';

/** What the engine is to do. Policy only names it; `engine/core/perform.ts` does it. */
export type Action =
  | { readonly kind: 'spawn'; readonly runNumber: number }
  /** Ask for the start of programs that this one depends on. */
  | { readonly kind: 'startOthers'; readonly ids: readonly string[] }
  /** To every process of the tree; SIGCONT follows where the tree may be frozen. */
  | { readonly kind: 'signalTree'; readonly run: Run; readonly signal: string; readonly thaw: boolean }
  /** To the main process alone. */
  | { readonly kind: 'signalMain'; readonly run: Run; readonly signal: string }
  | { readonly kind: 'killTree'; readonly run: Run }
  | { readonly kind: 'freezeTree'; readonly run: Run }
  | { readonly kind: 'thawTree'; readonly run: Run }
  /** Watch what is left of the tree and tell `treeEnded`. */
  | { readonly kind: 'watchLeftovers'; readonly run: Run }
  /** The run is over: its output can be drained and its pipes removed. */
  | { readonly kind: 'closeRun'; readonly run: Run }
  /** Replaces the program's one timer; leaving the state cancels it. */
  | { readonly kind: 'arm'; readonly afterMs: number }
  | {
      readonly kind: 'tell';
      readonly event: EventKind;
      readonly reason: string;
      readonly pid: number | null;
      readonly data: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'forget' };

/** The outcome of one fact: the program as it is now, and what to do about it. */
export interface Decision {
  readonly program: Program;
  readonly actions: readonly Action[];
}

/** The action that tells an event of the program, with the sentence that says why. */
export function tell(
  event: EventKind,
  reason: string,
  pid: number | null = null,
  data: Readonly<Record<string, unknown>> = {},
): Action {
  return { kind: 'tell', event, reason, pid, data };
}
