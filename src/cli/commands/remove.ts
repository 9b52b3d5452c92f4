import { sanitizeText } from '../../base/sanitize-text.ts';
import { toHealerError } from '../../protocol/errors.ts';
import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import type { RunOf } from '../command/command.ts';
import type { DEFINE_COMMANDS } from '../command-groups/define-commands.ts';
import { type Registrar, withRegistrar } from '../definitions/definitions.ts';
import { explainFailure } from '../report/explain-failure.ts';
import { printLater } from '../report/definition-result.ts';
import { concludeOutcomes, type Outcome } from '../output/outcomes.ts';
import type { Terminal } from '../output/terminal.ts';
import { validateIds } from '../command/process-id.ts';

export const run: RunOf<typeof DEFINE_COMMANDS.remove> = async (context, ids) => {
  validateIds(ids);
  const { terminal, paths } = context;
  const outcomes = await withRegistrar(context, (registrar) =>
    Promise.all([...new Set(ids)].map((id) => removeOne(registrar, id))),
  );
  if (!terminal.json) for (const outcome of outcomes) printOutcome(terminal, outcome);
  if (outcomes.some((outcome) => outcome.ok && !outcome.result.applied)) printLater(terminal, paths.instance);
  return concludeOutcomes(terminal, outcomes);
};

async function removeOne(registrar: Registrar, id: string): Promise<Outcome<DefinitionResult>> {
  try {
    const result =
      registrar.kind === 'engine'
        ? await registrar.api.remove({ id })
        : await registrar.registry.edit({ kind: 'remove', id });
    return { id, ok: true, result };
  } catch (error) {
    const known =
      registrar.kind === 'engine'
        ? await explainFailure(error, { action: 'remove', id, api: registrar.api })
        : toHealerError(error);
    return { id, ok: false, error: known };
  }
}

function printOutcome(terminal: Terminal, outcome: Outcome<DefinitionResult>): void {
  if (!outcome.ok) {
    terminal.note(sanitizeText(outcome.error.message));
    return;
  }
  const { id, removed, restarted, changed } = outcome.result;
  if (removed.length === 0 && restarted.length + changed.length > 0) {
    terminal.print(`removed "${id}" from the registry; it keeps running as defined by a file`);
    return;
  }
  const others = removed.filter((name) => name !== id);
  terminal.print(`removed "${id}"${others.length === 0 ? '' : ` (${others.join(', ')})`}`);
}
