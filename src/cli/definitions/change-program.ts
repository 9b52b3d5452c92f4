import { isInstanceOf } from '../../base/instance-id.ts';
import { listAll } from '../../client/attach/list-all.ts';
import type { DefinitionChanges } from '../../protocol/definition.ts';
import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import type { Context } from '../command/context.ts';
import { type Registrar, withRegistrar } from './definitions.ts';
import { whileWaiting } from '../report/while-waiting.ts';
import { explainFailure } from '../report/explain-failure.ts';
import { printDefinitionResult, printLater } from '../report/definition-result.ts';
import { validateIds } from '../command/process-id.ts';

/** Changes a program's definition, with or without a running engine, and prints the result. */
export async function changeProgram(
  context: Context,
  id: string,
  changes: DefinitionChanges,
  unset: readonly string[] = [],
): Promise<number> {
  validateIds([id]);
  const { terminal, paths } = context;
  const { result, rows } = await withRegistrar(context, async (registrar) => {
    const done = await whileChanging(context, registrar, id, update(registrar, id, { changes, unset }));
    return { result: done, rows: registrar.kind === 'engine' && !terminal.json ? await listAll(registrar.api) : null };
  });
  if (terminal.json) terminal.printJson(result);
  else printDefinitionResult(terminal, result, rows);
  if (!result.applied) printLater(terminal, paths.instance);
  return 0;
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
