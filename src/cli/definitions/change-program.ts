import { isInstanceOf } from '../../base/instance-id.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { isPlainId } from '../../base/selector.ts';
import { listAll } from '../../client/attach/list-all.ts';
import type { DefinitionChanges } from '../../protocol/definition.ts';
import { toHealerError } from '../../protocol/errors.ts';
import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import type { Context } from '../command/context.ts';
import { type Registrar, withRegistrar } from './definitions.ts';
import { selectDefinitions } from './select-definitions.ts';
import { concludeOutcomes, type Outcome } from '../output/outcomes.ts';
import { whileWaiting } from '../report/while-waiting.ts';
import { explainFailure } from '../report/explain-failure.ts';
import { printDefinitionResult, printLater, reportFailedStarts } from '../report/definition-result.ts';
import { validateSelectors } from '../command/process-id.ts';

/**
 * Changes the definitions that a word means, with or without a running engine, and prints the results: an id, `@group`, a pattern
 * or `all`.
 */
export async function changePrograms(
  context: Context,
  word: string,
  changes: DefinitionChanges,
  unset: readonly string[] = [],
): Promise<number> {
  validateSelectors([word]);
  const { terminal, paths } = context;
  const { outcomes, rows } = await withRegistrar(context, async (registrar) => {
    const done: Outcome<DefinitionResult>[] = [];
    for (const id of await selectDefinitions(registrar, word)) {
      done.push(await outcomeOf(id, whileChanging(context, registrar, id, update(registrar, id, { changes, unset }))));
    }
    const isListed = registrar.kind === 'engine' && done.some(({ ok }) => ok);
    return { outcomes: done, rows: isListed ? await listAll(registrar.api) : null };
  });
  const [only] = outcomes;
  const isSingle = isPlainId(word) && only !== undefined;
  if (isSingle && !only.ok) throw only.error;
  const results = outcomes.flatMap((outcome) => (outcome.ok ? outcome.result : []));
  if (isSingle && terminal.json) terminal.printJson(results[0]);
  if (!terminal.json) {
    for (const result of results) printDefinitionResult(terminal, result, rows);
    for (const outcome of outcomes) if (!outcome.ok) terminal.note(sanitizeText(outcome.error.message));
  }
  if (results.some(({ applied }) => !applied)) printLater(terminal, paths.instance);
  const code = isSingle ? 0 : concludeOutcomes(terminal, outcomes);
  return Math.max(code, ...results.map((result) => reportFailedStarts(terminal, result, rows)));
}

async function outcomeOf(id: string, change: Promise<DefinitionResult>): Promise<Outcome<DefinitionResult>> {
  try {
    return { id, ok: true, result: await change };
  } catch (error) {
    return { id, ok: false, error: toHealerError(error) };
  }
}

/** A program is stopped if it has fewer instances, or is disabled. */
function whileChanging<T>({ terminal }: Context, registrar: Registrar, id: string, change: Promise<T>): Promise<T> {
  if (registrar.kind === 'offline') return change;
  const isMeant = (other: string): boolean => other === id || isInstanceOf(other, id);
  return whileWaiting({ terminal, api: registrar.api, isMeant, hint: 'healer stop ID --timeout 2s' }, change);
}

interface Update {
  readonly changes: DefinitionChanges;
  readonly unset: readonly string[];
}

async function update(registrar: Registrar, id: string, { changes, unset }: Update): Promise<DefinitionResult> {
  if (registrar.kind === 'offline') return registrar.registry.edit({ kind: 'update', id, fields: changes, unset });
  const { api } = registrar;
  try {
    const { instances, ...others } = changes;
    const isScale = instances !== undefined && Object.keys(others).length + unset.length === 0;
    return isScale
      ? await api.scale({ id, instances })
      : await api.update({ id, changes, ...(unset.length === 0 ? {} : { unset: [...unset] }) });
  } catch (error) {
    throw await explainFailure(error, { action: 'update', id, api });
  }
}
