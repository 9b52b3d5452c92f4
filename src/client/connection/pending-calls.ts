import { HealerError } from '../../protocol/errors.ts';
import { errorOf, isRecord, type RpcFailure } from '../../protocol/rpc.ts';

/** Called synchronously, so that a message directly after a response finds the response's effects in place. */
export interface Caller {
  readonly onResult: (result: unknown) => void;
  readonly onError: (error: Error) => void;
}

/** The requests that wait for a response. Only tracks ids and callers; does no I/O. */
export class PendingCalls {
  readonly #callers = new Map<number, Caller>();
  #lastId = 0;

  get size(): number {
    return this.#callers.size;
  }

  /** Registers a caller and returns the id of its request. */
  add(caller: Caller): number {
    this.#lastId += 1;
    this.#callers.set(this.#lastId, caller);
    return this.#lastId;
  }

  /** Passes a response to its caller. Returns false when no caller waits for it. */
  settle(response: Readonly<Record<string, unknown>>): boolean {
    const id = response['id'];
    const caller = typeof id === 'number' ? this.#callers.get(id) : undefined;
    if (caller === undefined) return false;
    this.#callers.delete(id as number);
    const failure = response['error'];
    if (failure === undefined) caller.onResult(response['result']);
    else caller.onError(failureToError(failure));
    return true;
  }

  /** Forgets a caller: its response is ignored. */
  drop(id: number): void {
    this.#callers.delete(id);
  }

  /** Fails all pending calls with the error. */
  failAll(error: Error): void {
    const callers = [...this.#callers.values()];
    this.#callers.clear();
    for (const caller of callers) caller.onError(error);
  }
}

/** Converts the `error` member of a response, which may violate JSON-RPC. */
export function failureToError(failure: unknown): HealerError {
  if (isRecord(failure) && typeof failure['message'] === 'string') {
    const { code, message, data } = failure;
    return errorOf({
      code: typeof code === 'number' ? code : 0,
      message,
      ...(isRecord(data) ? { data: data as NonNullable<RpcFailure['data']> } : {}),
    });
  }
  return new HealerError('INTERNAL', 'the engine answered with a malformed error');
}
