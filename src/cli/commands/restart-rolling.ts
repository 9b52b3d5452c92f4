import { formatDuration } from '../../base/duration.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import { operationOf } from '../../protocol/operations.ts';
import { statePhrase } from '../../protocol/process-state.ts';
import type { ProcessRow } from '../../protocol/snapshot.ts';
import { type Context, withConnection } from '../command/context.ts';
import { validateSelectors } from '../command/process-id.ts';
import { concludeOutcomes, type Outcome } from '../output/outcomes.ts';
import { withInstances } from '../report/instances.ts';
import { selectIds } from '../report/select-programs.ts';

const LOOK_MS = 150;

interface Restarted {
  readonly state: string;
  readonly pid: number | null;
  readonly tookMs: number;
}

/**
 * Restarts programs one after another. Each has to be running, and ready if it says when it is, before the next one is
 * restarted; the first failure ends this. Returns the exit code of the failure, or 0.
 */
export async function restartRolling(
  context: Context,
  words: readonly string[],
  timeoutMs: number | undefined,
): Promise<number> {
  validateSelectors(words);
  const { terminal } = context;
  const outcomes = await withConnection(context, async ({ api }) => {
    const { ids, failures } = await selectIds(api, words, operationOf('restart').meantByAll);
    const results: Outcome<unknown>[] = [...failures];
    for (const failure of failures) if (!terminal.json) terminal.note(sanitizeText(failure.error.message));
    if (failures.length > 0) return results;
    const all = await withInstances(ids, api);
    if (all.length === 0 && !terminal.json) terminal.print('nothing to do: there is no program to restart');
    for (const [index, id] of all.entries()) {
      terminal.progress(`restarting ${id}: ${index} of ${all.length} done`);
      const outcome = await restartOne(api, id, timeoutMs);
      terminal.progress(null);
      results.push(outcome);
      if (!terminal.json) report(context, outcome);
      if (outcome.ok) continue;
      const rest = all.slice(index + 1);
      if (rest.length > 0 && !terminal.json) terminal.note(`stopped here; not restarted: ${rest.join(', ')}`);
      break;
    }
    return results;
  });
  return concludeOutcomes(terminal, outcomes);
}

function report({ terminal }: Context, outcome: Outcome<Restarted>): void {
  if (!outcome.ok) {
    terminal.note(sanitizeText(outcome.error.message));
    return;
  }
  const { state, pid, tookMs } = outcome.result;
  terminal.print(
    `restarted "${outcome.id}" (now ${state}, pid ${pid === null ? 'unknown' : String(pid)}, took ${formatDuration(tookMs)})`,
  );
}

async function restartOne(api: EngineApi, id: string, timeoutMs: number | undefined): Promise<Outcome<Restarted>> {
  const began = performance.now();
  try {
    const { pid } = await api.restart({ id, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
    const row = await untilRunning(api, id, pid);
    return { id, ok: true, result: { state: row.state, pid: row.pid, tookMs: Math.round(performance.now() - began) } };
  } catch (error) {
    return { id, ok: false, error: toHealerError(error) };
  }
}

/** @throws HealerError INVALID_STATE once the run that was started is over, or was replaced by another one */
async function untilRunning(api: EngineApi, id: string, startedPid: number | null): Promise<ProcessRow> {
  let pid = startedPid;
  for (;;) {
    const [row] = await api.list({ select: [id], limit: 1 });
    if (row === undefined) throw failed(id, 'it was removed');
    const { state, why } = row;
    if (state === 'backoff' || state === 'cooldown' || state === 'failed' || state === 'exited')
      throw failed(id, `it is ${statePhrase(state)}: ${why}`);
    if (state === 'stopped' || state === 'disabled') throw failed(id, `it is ${statePhrase(state)}: ${why}`);
    if (row.pid !== null && pid !== null && row.pid !== pid) throw failed(id, row.lastExit?.reason ?? why);
    pid ??= row.pid;
    if (state === 'running') return row;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function failed(id: string, why: string): HealerError {
  return new HealerError(
    'INVALID_STATE',
    `"${id}" does not run after its restart: ${why} — "healer why ${id}" explains it`,
    {
      id,
    },
  );
}
