import { randomUUID } from 'node:crypto';
import { isInstanceOf } from '../../base/instance-id.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { toHealerError } from '../../protocol/errors.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import type { RunOf } from '../command/command.ts';
import type { DEFINE_COMMANDS } from '../command-groups/define-commands.ts';
import { type Registrar, withRegistrar } from '../definitions/definitions.ts';
import { whileWaiting } from '../report/while-waiting.ts';
import { explainFailure } from '../report/explain-failure.ts';
import { printLater } from '../report/definition-result.ts';
import { concludeOutcomes, type Outcome } from '../output/outcomes.ts';
import type { Terminal } from '../output/terminal.ts';
import { isPlainId } from '../../base/selector.ts';
import { validateSelectors } from '../command/process-id.ts';
import { selectIds, selectRows } from '../report/select-programs.ts';

type BatchRef = Parameters<EngineApi['remove']>[0]['batch'];

export const run: RunOf<typeof DEFINE_COMMANDS.remove> = async (context, ids) => {
  validateSelectors(ids);
  const { terminal, paths } = context;
  const outcomes = await withRegistrar(context, async (registrar) => {
    const { targets, failures } = await selectTargets(registrar, ids);
    const batch = targets.length > 1 ? { key: randomUUID(), size: targets.length } : undefined;
    if (registrar.kind === 'offline') return [...failures, ...(await removeOffline(registrar, targets))];
    const removal = Promise.all(targets.map((id) => removeOne(registrar, id, batch)));
    return [...failures, ...(await whileRemoving(terminal, registrar.api, targets, removal))];
  });
  if (!terminal.json) for (const outcome of outcomes) printOutcome(terminal, outcome);
  if (outcomes.some((outcome) => outcome.ok && !outcome.result.applied)) printLater(terminal, paths.instance);
  return concludeOutcomes(terminal, outcomes);
};

function whileRemoving<T>(terminal: Terminal, api: EngineApi, ids: readonly string[], removal: Promise<T>): Promise<T> {
  return whileWaiting(
    {
      terminal,
      api,
      isMeant: (id) => ids.includes(id) || ids.some((each) => isInstanceOf(id, each)),
      hint: 'healer stop ID --timeout 2s',
    },
    removal,
  );
}

interface Targets {
  readonly targets: readonly string[];
  readonly failures: readonly Outcome<DefinitionResult>[];
}

async function selectTargets(registrar: Registrar, words: readonly string[]): Promise<Targets> {
  if (words.every(isPlainId)) return { targets: [...new Set(words)], failures: [] };
  if (registrar.kind === 'engine') {
    const { ids, failures } = await selectIds(registrar.api, words);
    return { targets: ids, failures };
  }
  const specs = (await registrar.registry.programs()).map(({ spec }) => spec);
  return { targets: selectRows(words, specs).map(({ id }) => id), failures: [] };
}

/** Removes one program after the other, dependents first, as an engine does. Returns the outcomes in the given order. */
async function removeOffline(
  registrar: Extract<Registrar, { kind: 'offline' }>,
  ids: readonly string[],
): Promise<readonly Outcome<DefinitionResult>[]> {
  const outcomes = new Map<string, Outcome<DefinitionResult>>();
  for (const id of await registrar.registry.removalOrder(ids)) {
    outcomes.set(id, await removeOne(registrar, id, undefined));
  }
  return ids.flatMap((id) => outcomes.get(id) ?? []);
}

/** @param batch names the command, so that the engine removes its programs in the order of their dependencies */
async function removeOne(registrar: Registrar, id: string, batch: BatchRef): Promise<Outcome<DefinitionResult>> {
  try {
    const result =
      registrar.kind === 'engine'
        ? await removeBatched(registrar.api, id, batch)
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

/** Repeats the request alone if an engine of an earlier version rejects the batch. */
async function removeBatched(api: EngineApi, id: string, batch: BatchRef): Promise<DefinitionResult> {
  if (batch === undefined) return api.remove({ id });
  try {
    return await api.remove({ id, batch });
  } catch (error) {
    if (toHealerError(error).data['issues'] === undefined) throw error;
    return api.remove({ id });
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
