import { sanitizeText } from '../../base/sanitize-text.ts';
import { selectItems } from '../../base/select-items.ts';
import { isPlainId } from '../../base/selector.ts';
import type { OfflineRegistry } from '../../config/sources/offline-registry.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import type { Context } from '../command/context.ts';
import { openRegistry } from '../definitions/definitions.ts';
import { printLater } from '../report/definition-result.ts';
import { concludeOutcomes, type Outcome } from '../output/outcomes.ts';
import { validateSelectors } from '../command/process-id.ts';
import { operateOn } from './operate.ts';

type Decision = 'enable' | 'disable';

/** Enables or disables programs: through the engine, or in the registry if no engine is running. */
export async function setEnabled(context: Context, decision: Decision, ids: readonly string[]): Promise<number> {
  try {
    return await operateOn(context, decision, ids);
  } catch (error) {
    if (toHealerError(error).code !== 'ENGINE_NOT_RUNNING') throw error;
    return setEnabledOffline(context, decision, ids);
  }
}

async function setEnabledOffline(context: Context, decision: Decision, ids: readonly string[]): Promise<number> {
  const { terminal, paths } = context;
  validateSelectors(ids);
  const outcomes = await decideAll(await openRegistry(context), decision, ids);
  for (const outcome of terminal.json ? [] : outcomes) {
    if (outcome.ok) terminal.print(`${decision}d "${outcome.id}"`);
    else terminal.note(sanitizeText(outcome.error.message));
  }
  if (outcomes.some(({ ok }) => ok)) printLater(terminal, paths.instance);
  return concludeOutcomes(terminal, outcomes);
}

async function decideAll(
  registry: OfflineRegistry,
  decision: Decision,
  ids: readonly string[],
): Promise<readonly Outcome<OperationResult>[]> {
  const enabled = decision === 'enable';
  const programs = await registry.programs();
  const selectables = programs.map(({ spec }) => spec);
  const { items, problems } = selectItems(ids, selectables, (spec) => spec.enabled !== enabled);
  // The registry knows why an unknown id cannot be changed.
  const unknown = problems.filter(({ text }) => isPlainId(text)).map(({ text }) => text);
  const outcomes: Outcome<OperationResult>[] = problems
    .filter(({ text }) => !isPlainId(text))
    .map(({ text, message, hint }) => ({ id: text, ok: false, error: nothingSelected(message, hint) }));
  for (const id of [...items.map((spec) => spec.id), ...unknown]) outcomes.push(await decideOne(registry, id, enabled));
  return outcomes;
}

function nothingSelected(message: string, hint: string | null): HealerError {
  return new HealerError('PROCESS_NOT_FOUND', hint === null ? message : `${message} — ${hint}`);
}

async function decideOne(registry: OfflineRegistry, id: string, enabled: boolean): Promise<Outcome<OperationResult>> {
  try {
    await registry.setEnabled(id, enabled);
    const state = enabled ? 'stopped' : 'disabled';
    return { id, ok: true, result: { id, state, pid: null, forced: false, tookMs: 0 } };
  } catch (error) {
    return { id, ok: false, error: toHealerError(error) };
  }
}
