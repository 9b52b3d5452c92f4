import { listAll } from '../../client/attach/list-all.ts';
import { type ErrorCode, toHealerError } from '../../protocol/errors.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';

/** The kernel tells the start of a process in clock ticks. */
const TICK_MS = 10;
const REFUSED: ErrorCode = 'ALREADY_RUNNING';

/**
 * What became of a program whose start was refused since it had begun with this very command: another program that the
 * command started depends on it. Null for one that ran before.
 *
 * @param began when the command began, as `performance.now()` has it
 */
export async function startedMeanwhile(
  thrown: unknown,
  id: string,
  api: EngineApi,
  began: number,
): Promise<OperationResult | null> {
  if (toHealerError(thrown).code !== REFUSED) return null;
  const rows = await listAll(api).catch(() => []);
  const elapsedMs = performance.now() - began;
  const row = rows.find((candidate) => candidate.id === id);
  if (row === undefined || (row.uptimeMs ?? 0) > elapsedMs + TICK_MS) return null;
  return { id, state: row.state, pid: row.pid, forced: false, tookMs: Math.round(elapsedMs) };
}
