import { sanitizeText } from '../../base/sanitize-text.ts';
import { isInstanceOf } from '../../config/registry/instance-id.ts';
import type { OfflineRegistry } from '../../config/sources/offline-registry.ts';
import type { SourcedSpec } from '../../config/reading/sourced-spec.ts';
import { toHealerError } from '../../protocol/errors.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import type { Context } from '../command/context.ts';
import { openRegistry } from '../definitions/definitions.ts';
import { printLater } from '../report/definition-result.ts';
import { concludeOutcomes, type Outcome } from '../output/outcomes.ts';
import { ALL } from '../command/process-id.ts';
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
  const targets = ids.includes(ALL) ? idsToChange(programs, enabled) : targetsOf(ids, programs);
  const outcomes: Outcome<OperationResult>[] = [];
  for (const id of targets) outcomes.push(await decideOne(registry, id, enabled));
  return outcomes;
}

/** Returns the programs that are not in the wanted state yet. */
function idsToChange(programs: readonly SourcedSpec[], enabled: boolean): readonly string[] {
  return programs.filter(({ spec }) => spec.enabled !== enabled).map(({ spec }) => spec.id);
}

/** Expands a program that has several instances to its instances, as the engine does: each can be set on its own. */
function targetsOf(ids: readonly string[], programs: readonly SourcedSpec[]): readonly string[] {
  const known = programs.map(({ spec }) => spec.id);
  const meant = ids.flatMap((id) => {
    const instances = known.includes(id) ? [] : known.filter((other) => isInstanceOf(other, id));
    return instances.length === 0 ? [id] : instances;
  });
  return [...new Set(meant)];
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
