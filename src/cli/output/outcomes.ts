import type { HealerError } from '../../protocol/errors.ts';
import { exitCodeOf, failureFrom } from './report-error.ts';
import type { Terminal } from './terminal.ts';

/** The result for one of the programs that a command acted on. */
export type Outcome<Result> =
  | { readonly id: string; readonly ok: true; readonly result: Result }
  | { readonly id: string; readonly ok: false; readonly error: HealerError };

/** Prints all outcomes if JSON was requested. Returns the exit code of the first failure, or 0. */
export function concludeOutcomes(terminal: Terminal, outcomes: readonly Outcome<unknown>[]): number {
  if (terminal.json) terminal.printJson(outcomes.map(outcomeJson));
  const firstFailure = outcomes.find((outcome) => !outcome.ok);
  return firstFailure === undefined ? 0 : exitCodeOf(firstFailure.error.code);
}

/** Returns an outcome in the form that `--json` prints. */
export function outcomeJson(outcome: Outcome<unknown>): object {
  return outcome.ok ? outcome : { id: outcome.id, ok: false, error: failureFrom(outcome.error) };
}
