import { baseOfInstance } from '../../base/instance-id.ts';
import { toHealerError, HealerError } from '../../protocol/errors.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import type { Outcome } from '../output/outcomes.ts';
import type { OperatingCommand, OperationParams } from './operation-calls.ts';

/** Returns those of the ids that the engine restarts or reloads one after another (`reload.strategy`), by program. */
export async function rollingSeries(
  api: EngineApi,
  name: OperatingCommand,
  ids: readonly string[],
): Promise<readonly (readonly string[])[]> {
  if (name !== 'restart' && name !== 'reload') return [];
  const byProgram = new Map<string, string[]>();
  for (const id of ids) {
    const program = baseOfInstance(id);
    if (program !== null) byProgram.set(program, [...(byProgram.get(program) ?? []), id]);
  }
  const several = [...byProgram.values()].filter((instances) => instances.length > 1);
  const rolls = await Promise.all(several.map(([first = '']) => isRolling(api, first)));
  return several.filter((_, index) => rolls[index] === true);
}

/** An engine of an earlier version has no strategy. */
async function isRolling(api: EngineApi, id: string): Promise<boolean> {
  try {
    const { spec } = await api.describe({ id });
    return (spec as Partial<typeof spec>).reload !== undefined && spec.reload.strategy !== 'signal';
  } catch {
    return false;
  }
}

/** Performs an operation on the instances of a program in one request, because the engine has to know all of them. */
export async function performSeries(
  api: EngineApi,
  operation: 'restart' | 'reload',
  ids: readonly string[],
  { timeoutMs }: OperationParams,
): Promise<readonly Outcome<OperationResult>[]> {
  try {
    const outcomes = await api.operate({ operation, select: [...ids], timeoutMs });
    return outcomes.map((outcome) =>
      outcome.ok
        ? outcome
        : { id: outcome.id, ok: false, error: new HealerError(outcome.error.code, outcome.error.message) },
    );
  } catch (error) {
    return ids.map((id) => ({ id, ok: false, error: toHealerError(error) }));
  }
}
