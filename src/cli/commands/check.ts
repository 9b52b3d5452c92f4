import { sanitizeText } from '../../base/sanitize-text.ts';
import type { HealerError } from '../../protocol/errors.ts';
import type { CheckedHealth } from '../../protocol/results/health-view.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import { statesIn } from '../../protocol/process-phase.ts';
import type { RunOf } from '../command/command.ts';
import type { INSPECT_COMMANDS } from '../command-groups/inspect-commands.ts';
import { withConnection } from '../command/context.ts';
import { explainFailure } from '../report/explain-failure.ts';
import { formatAnswer, paintHealth } from '../output/check-text.ts';
import { exitCodeOf, failureFrom } from '../output/report-error.ts';
import type { Terminal } from '../output/terminal.ts';
import { isPlainId } from '../../base/selector.ts';
import { validateSelectors } from '../command/process-id.ts';
import { selectIds } from '../report/select-programs.ts';

type CheckOutcome =
  { readonly id: string; readonly result: CheckedHealth } | { readonly id: string; readonly error: HealerError };

/** Runs health checks now. Returns 1 if a check failed or could not run. */
export const run: RunOf<typeof INSPECT_COMMANDS.check> = async (context, ids) => {
  validateSelectors(ids);
  const { terminal } = context;
  const outcomes = await withConnection(context, ({ api }) => checkSelected(api, ids));
  if (terminal.json) terminal.printJson(outcomes.map(outcomeJson));
  else if (outcomes.length === 0) terminal.print('nothing to do: no running program has a health check');
  else for (const outcome of outcomes) printOutcome(terminal, outcome);
  return Math.max(0, ...outcomes.map(exitCode));
};

/** Checks the programs that some words select. `all`, groups and globs leave out programs without a health check. */
async function checkSelected(api: EngineApi, words: readonly string[]): Promise<CheckOutcome[]> {
  const named = words.filter(isPlainId);
  const { ids, failures } = await selectIds(api, words, statesIn('up'));
  const outcomes = await checkEach(api, ids);
  const isWanted = (outcome: CheckOutcome): boolean =>
    named.includes(outcome.id) ||
    ('result' in outcome ? outcome.result.hasCheck !== false : outcome.error.data['hasCheck'] !== false);
  return [...failures.map(({ id, error }) => ({ id, error })), ...outcomes.filter(isWanted)];
}

function checkEach(api: EngineApi, ids: readonly string[]): Promise<CheckOutcome[]> {
  return Promise.all(
    ids.map(async (id) => {
      try {
        return { id, result: await api.checkHealth({ id }) };
      } catch (error) {
        return { id, error: await explainFailure(error, { action: 'check', id, api }) };
      }
    }),
  );
}

function printOutcome(terminal: Terminal, outcome: CheckOutcome): void {
  if ('error' in outcome) {
    terminal.note(sanitizeText(outcome.error.message));
    return;
  }
  const { id, result } = outcome;
  const { style } = terminal;
  const verdict = result.ok ? style.good('passed') : style.bad('failed');
  if (result.hasCheck === false) {
    terminal.print(`"${id}" ${verdict}: ${sanitizeText(`${result.asked} ${result.answer}`)}`);
    return;
  }
  const health = paintHealth(style, result.health, result.health);
  terminal.print(`"${id}" ${verdict}: ${sanitizeText(result.asked)} ${formatAnswer(result)}; health: ${health}`);
}

function outcomeJson(outcome: CheckOutcome): object {
  return 'result' in outcome ? outcome.result : { id: outcome.id, ok: false, error: failureFrom(outcome.error) };
}

function exitCode(outcome: CheckOutcome): number {
  if ('error' in outcome) return exitCodeOf(outcome.error.code);
  return outcome.result.ok ? 0 : 1;
}
