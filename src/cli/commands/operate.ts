import { randomUUID } from 'node:crypto';
import { formatDuration } from '../../base/duration.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import { toHealerError } from '../../protocol/errors.ts';
import { operationOf } from '../../protocol/operations.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import { type Context, withConnection } from '../command/context.ts';
import { describeDependents } from '../report/dependents.ts';
import { explainFailure } from '../report/explain-failure.ts';
import { instancesMeant, withInstances } from '../report/instances.ts';
import { type OperatingCommand, type OperationParams, PERFORM } from './operation-calls.ts';
import { concludeOutcomes, type Outcome } from '../output/outcomes.ts';
import { performSeries, rollingSeries } from './rolling-series.ts';
import { type Waiting, whileWaiting } from '../report/while-waiting.ts';
import type { Terminal } from '../output/terminal.ts';
import { refuseSignal, validateSelectors } from '../command/process-id.ts';
import { selectIds } from '../report/select-programs.ts';
import { printWarnings } from '../report/warnings.ts';
import { startedMeanwhile } from '../report/started-meanwhile.ts';

type OperationOutcome = Outcome<OperationResult>;

/**
 * Performs an operation on several programs at once, over one connection, and prints a line for each result.
 * Returns the exit code of the first failure, or 0.
 */
export async function operateOn(
  context: Context,
  name: OperatingCommand,
  ids: readonly string[],
  params: OperationParams = {},
): Promise<number> {
  refuseSignal(ids);
  validateSelectors(ids);
  const { terminal } = context;
  const { verb, meantByAll } = operationOf(name);
  const outcomes = await withConnection(context, async ({ api }) => {
    const selected = await selectIds(api, ids, meantByAll);
    for (const failure of selected.failures) printOutcome(terminal, name, failure, params);
    if (selected.ids.length + selected.failures.length === 0 && !terminal.json)
      terminal.print(`nothing to do: there is no program to ${verb}`);
    const pending = new Set<string>();
    const isBatch = selected.ids.length > 1 && BATCHED.has(name);
    const targets = isBatch ? await withInstances(selected.ids, api) : selected.ids;
    const work = performAll({ terminal, api, name, params, pending }, targets);
    const outcomes = BATCHED.has(name)
      ? await whileWaiting(waitingFor(terminal, api, name, pending), work)
      : await work;
    return [...selected.failures, ...outcomes];
  });
  printWarnings(
    terminal,
    outcomes.flatMap((outcome) => (outcome.ok ? [outcome.result] : [])),
  );
  return concludeOutcomes(terminal, outcomes);
}

/** A restart that is shortened stays a restart. */
function waitingFor(terminal: Terminal, api: EngineApi, name: OperatingCommand, pending: ReadonlySet<string>): Waiting {
  const isMeant = (id: string): boolean => pending.has(id);
  const waiting = { terminal, api, isMeant, hint: `healer ${name === 'restart' ? 'restart' : 'stop'} ID --timeout 2s` };
  if (name !== 'restart') return waiting;
  return {
    ...waiting,
    kill: (rows) => {
      const stopping = rows.filter(({ state }) => state === 'stopping');
      return Promise.allSettled(stopping.map(({ id }) => api.restart({ id, timeoutMs: 0 })));
    },
  };
}

/** An operation as requested, whichever programs it is for. */
interface OperationCall {
  readonly terminal: Terminal;
  readonly api: EngineApi;
  readonly name: OperatingCommand;
  readonly params: OperationParams;
  /** The programs without an outcome so far. */
  readonly pending: Set<string>;
}

const BATCHED: ReadonlySet<OperatingCommand> = new Set(['stop', 'restart', 'kill', 'disable']);

async function performAll(call: OperationCall, ids: readonly string[]): Promise<OperationOutcome[]> {
  const { terminal, api, name, params, pending } = call;
  const series = await rollingSeries(api, name, ids);
  const rolled = new Set(series.flat());
  const others = ids.filter((id) => !rolled.has(id));
  let left = ids.length;
  const began = performance.now();
  // The engine ends the programs of one command in the order of their dependencies.
  const isBatch = others.length > 1 && BATCHED.has(name);
  const batched: OperationCall = isBatch
    ? { ...call, params: { ...params, batch: { key: randomUUID(), size: others.length } } }
    : call;
  for (const id of ids) pending.add(id);
  if (ids.length > 1) terminal.progress(`${operationOf(name).done}: 0 of ${ids.length}`);
  const settle = (id: string, outcome: OperationOutcome | null): void => {
    pending.delete(id);
    left -= 1;
    if (outcome !== null) printOutcome(terminal, name, outcome, params);
    terminal.progress(left === 0 ? null : `${operationOf(name).done}: ${ids.length - left} of ${ids.length}`);
  };
  const perform = async (id: string): Promise<OperationOutcome[]> => {
    const outcome = await performOne(batched, id, ids.length === 1 ? null : began);
    const isSeveral = 'instances' in outcome;
    const outcomes = isSeveral ? await performAll(call, outcome.instances) : [outcome];
    settle(id, isSeveral ? null : outcome);
    return outcomes;
  };
  const performInTurn = async (instances: readonly string[]): Promise<readonly OperationOutcome[]> => {
    const outcomes = await performSeries(api, name === 'reload' ? 'reload' : 'restart', instances, params);
    for (const outcome of outcomes) settle(outcome.id, outcome);
    return outcomes;
  };
  return (await Promise.all([...others.map(perform), ...series.map(performInTurn)])).flat();
}

/** Repeats the request alone if an engine of an earlier version rejects the batch. */
async function performBatched(
  api: EngineApi,
  name: OperatingCommand,
  id: string,
  { batch, ...params }: OperationParams,
): Promise<OperationResult> {
  if (batch === undefined) return PERFORM[name](api, id, params);
  try {
    return await PERFORM[name](api, id, { ...params, batch });
  } catch (error) {
    if (toHealerError(error).data['issues'] === undefined) throw error;
    return PERFORM[name](api, id, params);
  }
}

/** @param began when the command started to act on this and other programs, null if there are no others */
async function performOne(
  { api, name, params }: OperationCall,
  id: string,
  began: number | null,
): Promise<OperationOutcome | { readonly instances: readonly string[] }> {
  try {
    return { id, ok: true, result: await performBatched(api, name, id, params) };
  } catch (error) {
    const instances = await instancesMeant(error, id, api);
    if (instances.length > 0) return { instances };
    const started = began === null ? null : await startedMeanwhile(error, id, api, began);
    if (started !== null) return { id, ok: true, result: started };
    return { id, ok: false, error: await explainFailure(error, { action: operationOf(name).verb, id, api }) };
  }
}

/** Prints what an operation did to one program, or why it failed; with `--json` nothing, because all outcomes are printed at once. */
export function printOutcome(
  terminal: Terminal,
  name: OperatingCommand,
  outcome: OperationOutcome,
  params: OperationParams,
): void {
  if (terminal.json) return;
  if (!outcome.ok) {
    terminal.note(sanitizeText(outcome.error.message));
    return;
  }
  const { id, state, pid, forced, exit, tookMs } = outcome.result;
  const facts = [
    `now ${state}`,
    pid === null ? null : `pid ${pid}`,
    `took ${formatDuration(tookMs)}`,
    ENDING.has(name) ? describeExit(exit) : null,
  ];
  const waits = state === 'waiting' ? ` — "healer describe ${id}" shows what it is waiting for` : '';
  const isRequested = name === 'kill' || params.graceful === false;
  const how = forced ? ` by SIGKILL${isRequested ? '' : ' because it did not stop in time'}` : '';
  terminal.print(
    `${operationOf(name).done} "${id}"${how} (${facts.filter((fact) => fact !== null).join(', ')})${waits}`,
  );
  for (const line of describeDependents(id, outcome.result.dependents)) terminal.print(line);
}

/** The commands whose result names how the program exited. */
const ENDING: ReadonlySet<OperatingCommand> = new Set(['stop', 'disable', 'kill']);

function describeExit(exit: OperationResult['exit']): string | null {
  if (exit === undefined || exit === null) return null;
  if (exit.signal !== null) return `ended by ${exit.signal}`;
  return exit.code === null ? 'exit code unknown' : `exit code ${exit.code}`;
}
