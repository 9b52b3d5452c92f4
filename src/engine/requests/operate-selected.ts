import { randomUUID } from 'node:crypto';
import { toHealerError } from '../../protocol/errors.ts';
import type { ParsedParams } from '../../protocol/methods/methods.ts';
import { operationOf, type SelectedOperation } from '../../protocol/operations.ts';
import type { OperationOutcome, OperationResult } from '../../protocol/results/operation-result.ts';
import type { Handlers } from '../access/served-engine.ts';
import type { Engine } from '../core/engine.ts';
import { roll, rollingSeries } from '../operations/rolling.ts';
import { selectPrograms } from './select-programs.ts';

type Request = ParsedParams<'operate'>;

interface Call {
  readonly id: string;
  /** Absent for a single program. */
  readonly batch: { readonly key: string; readonly size: number } | undefined;
  readonly request: Request;
}

type Perform = (handlers: Handlers, call: Call) => Promise<OperationResult> | OperationResult;

const PERFORM: Readonly<Record<SelectedOperation, Perform>> = {
  start: (handlers, { id }) => handlers.start({ id }),
  stop: (handlers, { id, batch, request: { graceful = true, timeoutMs } }) =>
    handlers.stop({ id, graceful, timeoutMs, batch }),
  restart: (handlers, { id, batch, request: { timeoutMs } }) => handlers.restart({ id, timeoutMs, batch }),
  reload: (handlers, { id }) => handlers.reload({ id }),
  kill: (handlers, { id, batch }) => handlers.kill({ id, batch }),
  pause: (handlers, { id }) => handlers.pause({ id }),
  resume: (handlers, { id }) => handlers.resume({ id }),
  enable: (handlers, { id }) => handlers.enable({ id }),
  disable: (handlers, { id, batch }) => handlers.disable({ id, batch }),
  hold: (handlers, { id, request: { forMs } }) => handlers.hold({ id, forMs }),
  release: (handlers, { id }) => handlers.release({ id }),
  cooldownReset: (handlers, { id }) => handlers.cooldownReset({ id }),
};

/**
 * Performs an operation on all selected programs. One that fails does not keep the others from being performed.
 * @throws HealerError as `selectPrograms` does, before anything is performed
 */
export async function operateSelected(
  engine: Engine,
  handlers: Handlers,
  request: Request,
): Promise<readonly OperationOutcome[]> {
  const { operation, select } = request;
  const ids = selectPrograms(engine, select, operationOf(operation).meantByAll);
  const series = rollingSeries(engine, operation, ids);
  const rolled = new Set(series.flat());
  const others = ids.filter((id) => !rolled.has(id));
  const batch = others.length > 1 ? { key: randomUUID(), size: others.length } : undefined;
  const perform = async (id: string): Promise<OperationOutcome> => {
    try {
      const call = { id, batch: rolled.has(id) ? undefined : batch, request };
      return { id, ok: true, result: await PERFORM[operation](handlers, call) };
    } catch (error) {
      const { code, message } = toHealerError(error);
      return { id, ok: false, error: { code, message } };
    }
  };
  const outcomes = await Promise.all([...others.map(perform), ...series.map((each) => roll(engine, each, perform))]);
  const byId = new Map(outcomes.flat().map((outcome) => [outcome.id, outcome]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
