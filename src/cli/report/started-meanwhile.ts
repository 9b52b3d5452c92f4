import { listAll } from '../../client/attach/list-all.ts';
import { type ErrorCode, toHealerError } from '../../protocol/errors.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';

/** The kernel reports the start time of a process in clock ticks of this length. */
const TICK_MS = 10;
const REFUSED: ErrorCode = 'ALREADY_RUNNING';

/**
 * Returns the result for a program whose start was refused because this command had already started it as a dependency of
 * another program. Returns null for a program that was already running.
 *
 * @param began when the command started, in the time of `performance.now()`
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
