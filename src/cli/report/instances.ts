import { listAll } from '../../client/attach/list-all.ts';
import { isInstanceOf } from '../../base/instance-id.ts';
import { toHealerError } from '../../protocol/errors.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';

/** Replaces the ids that stand for instances, so that one batch contains all of them. Unknown ids are kept, for their error. */
export async function withInstances(ids: readonly string[], api: EngineApi): Promise<readonly string[]> {
  const known = new Set((await listAll(api).catch(() => [])).map((row) => row.id));
  const expanded = ids.flatMap((id) => {
    const instances = known.has(id) ? [] : [...known].filter((other) => isInstanceOf(other, id));
    return instances.length === 0 ? [id] : instances;
  });
  return [...new Set(expanded)];
}

/**
 * Returns the instances that an unknown id stands for: "web" stands for "web-0", "web-1" and so on. Returns none if the
 * request failed for another reason. Called only after a failure, so that successful requests cost nothing extra.
 */
export async function instancesMeant(thrown: unknown, id: string, api: EngineApi): Promise<readonly string[]> {
  if (toHealerError(thrown).code !== 'PROCESS_NOT_FOUND') return [];
  const rows = await listAll(api).catch(() => []);
  return rows.map((row) => row.id).filter((known) => isInstanceOf(known, id));
}
