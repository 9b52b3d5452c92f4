import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import { operationOf } from '../../protocol/operations.ts';
import { statePhrase } from '../../protocol/process-state.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import type { ProcessRow } from '../../protocol/snapshot.ts';
import { type Context, withConnection } from '../command/context.ts';
import { validateSelectors } from '../command/process-id.ts';
import { concludeOutcomes, type Outcome } from '../output/outcomes.ts';
import { withInstances } from '../report/instances.ts';
import { selectIds } from '../report/select-programs.ts';
import { printWarnings } from '../report/warnings.ts';
import { printOutcome } from './operate.ts';

const LOOK_MS = 150;

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
    const results: Outcome<OperationResult>[] = [...failures];
    for (const failure of failures) printOutcome(terminal, 'restart', failure, {});
    if (failures.length > 0) return results;
    const all = await withInstances(ids, api);
    if (all.length === 0 && !terminal.json) terminal.print('nothing to do: there is no program to restart');
    for (const [index, id] of all.entries()) {
      terminal.progress(`restarting ${id}: ${index} of ${all.length} done`);
      const outcome = await restartOne(api, id, timeoutMs);
      terminal.progress(null);
      results.push(outcome);
      printOutcome(terminal, 'restart', outcome, {});
      if (outcome.ok) continue;
      const rest = all.slice(index + 1);
      if (rest.length > 0 && !terminal.json) terminal.note(`stopped here; not restarted: ${rest.join(', ')}`);
      break;
    }
    return results;
  });
  printWarnings(
    terminal,
    outcomes.flatMap((outcome) => (outcome.ok ? [outcome.result] : [])),
  );
  return concludeOutcomes(terminal, outcomes);
}

async function restartOne(
  api: EngineApi,
  id: string,
  timeoutMs: number | undefined,
): Promise<Outcome<OperationResult>> {
  const began = performance.now();
  try {
    const restarted = await api.restart({ id, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
    const { state, pid } = await untilRunning(api, id, restarted.pid);
    return { id, ok: true, result: { ...restarted, state, pid, tookMs: Math.round(performance.now() - began) } };
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
