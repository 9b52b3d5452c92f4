import { listAll } from '../../client/attach/list-all.ts';
import { isInstanceOf } from '../../config/registry/instance-id.ts';
import { toHealerError } from '../../protocol/errors.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';

/**
 * The instances that are meant when no program is called as was asked: "web" stands for "web-0", "web-1" and so on. None
 * where the request failed for another reason. Asked for after the failure, so that what goes well costs nothing more.
 */
export async function instancesMeant(thrown: unknown, id: string, api: EngineApi): Promise<readonly string[]> {
  if (toHealerError(thrown).code !== 'PROCESS_NOT_FOUND') return [];
  const rows = await listAll(api).catch(() => []);
  return rows.map((row) => row.id).filter((known) => isInstanceOf(known, id));
}
