import { randomUUID } from 'node:crypto';
import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { toHealerError } from '../../protocol/errors.ts';
import { isDownAfterFailure } from '../../protocol/process-phase.ts';
import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import { type UiOperation, type OperationParams, wordsOf, type OperationOutcome } from '../state/ui-operations.ts';
import type { Action } from '../store/reduce.ts';
import { findRow } from '../store/selectors.ts';
import type { Store } from '../store/store.ts';
import { labelFor } from '../keys/keymap.ts';
import { sanitizeError } from './sanitize-incoming.ts';

interface Operator {
  readonly client: ReconnectingClient;
  readonly store: Store;
  readonly dispatch: (action: Action) => void;
}

/** The methods that take a batch. */
const BATCHED: ReadonlySet<string> = new Set(['stop', 'restart', 'kill', 'disable', 'remove']);

/** Performs an operation on all programs with one command. */
export async function operateOnAll(
  { client }: Operator,
  operation: UiOperation,
  ids: readonly string[],
  params: OperationParams,
): Promise<readonly OperationOutcome[]> {
  // The engine ends the programs of one batch in the order of their dependencies.
  const isBatch = ids.length > 1 && BATCHED.has(wordsOf(operation).method);
  const batch = isBatch ? { batch: { key: randomUUID(), size: ids.length } } : {};
  return Promise.all(ids.map((id) => operateOne(client, operation, id, { ...params, ...batch })));
}

/** Performs an operation on one program after the other, each after the previous one is up; stops at the first failure. */
export async function operateOneByOne(
  { client, store, dispatch }: Operator,
  operation: UiOperation,
  ids: readonly string[],
  params: OperationParams,
): Promise<readonly OperationOutcome[]> {
  const outcomes: OperationOutcome[] = [];
  for (const [index, id] of ids.entries()) {
    const text = `${wordsOf(operation).verb} ${id}: ${index + 1} of ${ids.length} ...`;
    dispatch({ kind: 'reported', text, tone: 'info', nowMs: Date.now() });
    const outcome = await operateOne(client, operation, id, params);
    outcomes.push(outcome);
    const isLast = index === ids.length - 1;
    if (outcome.kind === 'done' && (isLast || (await isUpAgain(store, id, outcome.result)))) continue;
    return [...outcomes, ...skipped(ids.slice(index + 1), id)];
  }
  return outcomes;
}

function skipped(ids: readonly string[], after: string): readonly OperationOutcome[] {
  return ids.map((id) => ({ kind: 'refused', id, message: `skipped because "${after}" did not come back up` }));
}

async function operateOne(
  client: ReconnectingClient,
  operation: UiOperation,
  id: string,
  params: OperationParams,
): Promise<OperationOutcome> {
  try {
    // Every method of the table takes an id; only `hold` takes more.
    const call = client.api[wordsOf(operation).method] as (
      params: OperationParams & { readonly id: string },
    ) => Promise<OperationResult | DefinitionResult>;
    return { kind: 'done', id, result: await call({ ...params, id }) };
  } catch (error) {
    // An engine of an earlier version rejects the batch.
    if (params.batch !== undefined && toHealerError(error).data['issues'] !== undefined)
      return operateOne(client, operation, id, { ...params, batch: undefined });
    const { code, message } = sanitizeError(toHealerError(error));
    return { kind: 'refused', id, message: code === 'ALREADY_RUNNING' ? `${message}${stopHint()}` : message };
  }
}

/** In other programs, the key that starts a program here stops it. */
function stopHint(): string {
  const [stop, restart] = (['stop', 'restart'] as const).map((command) => labelFor('list', command));
  return stop === null || restart === null ? '' : `; ${String(stop)} stops it, ${String(restart)} restarts it`;
}

/** Resolves once the new run is up and not unhealthy (true), or has failed (false). */
function isUpAgain(store: Store, id: string, result: OperationResult | DefinitionResult): Promise<boolean> {
  const pid = 'pid' in result ? result.pid : null;
  return new Promise((resolve) => {
    const settle = (): void => {
      const row = findRow(store.state(), id);
      const verdict = row === null ? false : verdictOn(row, pid);
      if (verdict === null) return;
      clearTimeout(timeout);
      unsubscribe();
      resolve(verdict);
    };
    const timeout = setTimeout(() => {
      unsubscribe();
      resolve(false);
    }, TUI_LIMITS.rollingMs);
    const unsubscribe = store.subscribe(settle);
    settle();
  });
}

/** Returns null while it is undecided, because the row may still describe the previous run. */
function verdictOn({ pid, state, health }: SnapshotRow, newPid: number | null): boolean | null {
  if (isDownAfterFailure(state) || health === 'unhealthy') return false;
  return state === 'running' && pid === newPid ? true : null;
}
