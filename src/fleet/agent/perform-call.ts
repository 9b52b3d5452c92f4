import { isConnectionLost } from '../../client/connection/connection-errors.ts';
import type { Connection } from '../../client/connection/connection.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import { isRecord } from '../../protocol/rpc.ts';
import type { HostAnswer } from '../contract/answers.ts';
import { ANSWER_BYTES } from '../contract/subjects.ts';

/** Room for the envelope of an answer. */
const MAX_BYTES = ANSWER_BYTES - 1024;

/** Rows of one page: many long rows would exceed what the engine itself can send in one message. */
const MAX_ROWS = 250;

/** The parameter that limits the length of a list. Callers ask for the rest with the id, number or cursor of its last item. */
const LIMITS: Readonly<Record<string, string>> = { list: 'limit', events: 'limit', logs: 'tail' };

type AnyApi = Readonly<Record<string, (params: unknown) => Promise<unknown>>>;

/**
 * Calls a method of the engine. A list that is too long for the bus is asked for again with a lower limit, so that its
 * cursors are right.
 * @throws HealerError as the method does
 */
export async function performCall({ api }: Connection, method: string, params: unknown): Promise<HostAnswer> {
  const call = (asked: unknown): Promise<unknown> | undefined => (api as unknown as AnyApi)[method]?.(asked);
  const limit = LIMITS[method];
  if (limit === undefined || !isRecord(params)) return { result: await call(params) };
  const asked = typeof params[limit] === 'number' ? params[limit] : Infinity;
  const isCapped = method === 'list' && asked > MAX_ROWS;
  let result = await call(isCapped ? { ...params, [limit]: MAX_ROWS } : params);
  let cut = isCapped && Array.isArray(result) && result.length === MAX_ROWS;
  while (Array.isArray(result) && result.length > 1) {
    const bytes = Buffer.byteLength(JSON.stringify(result));
    if (bytes <= MAX_BYTES) break;
    cut = true;
    const fitting = Math.max(1, Math.floor((result.length * MAX_BYTES * 0.9) / bytes));
    result = await call({ ...params, [limit]: fitting });
  }
  return { result, ...(cut ? { cut } : {}) };
}

/** Performs a change. An engine that ends before it answers may have performed it. @throws HealerError as the method does */
export async function performChange(connection: Connection, method: string, params: unknown): Promise<HostAnswer> {
  try {
    return await performCall(connection, method, params);
  } catch (error) {
    const known = toHealerError(error);
    const isSilent = known.code === 'TIMEOUT' && known.data['socketPath'] !== undefined;
    if (!isConnectionLost(known) && !isSilent) throw known;
    const message = `the engine did not answer, so the outcome is unknown: ${known.message}`;
    throw new HealerError('OUTCOME_UNKNOWN', message, {}, { cause: error });
  }
}
