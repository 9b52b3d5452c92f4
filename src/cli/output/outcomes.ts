import type { HealerError } from '../../protocol/errors.ts';
import { exitCodeOf, failureFrom } from './report-error.ts';
import type { Terminal } from './terminal.ts';

/** What became of one program of several that were asked for. */
export type Outcome<Result> =
  | { readonly id: string; readonly ok: true; readonly result: Result }
  | { readonly id: string; readonly ok: false; readonly error: HealerError };

/** Prints all of them as JSON where that is wanted. Gives the exit code: that of the first failure, or 0. */
export function concludeOutcomes(terminal: Terminal, outcomes: readonly Outcome<unknown>[]): number {
  if (terminal.json) terminal.printJson(outcomes.map(outcomeJson));
  const firstFailure = outcomes.find((outcome) => !outcome.ok);
  return firstFailure === undefined ? 0 : exitCodeOf(firstFailure.error.code);
}

function outcomeJson(outcome: Outcome<unknown>): object {
  return outcome.ok ? outcome : { id: outcome.id, ok: false, error: failureFrom(outcome.error) };
}
