import { HealerError } from '../../protocol/errors.ts';
import { errorOf, isRecord, type RpcFailure } from '../../protocol/rpc.ts';

/** Told synchronously, so that what stands right behind a reply on the wire finds the reply's effects in place. */
export interface Caller {
  readonly onResult: (result: unknown) => void;
  readonly onError: (error: Error) => void;
}

/** Which requests wait for an answer. Bookkeeping only: knows ids and callers, no socket. */
export class PendingCalls {
  readonly #callers = new Map<number, Caller>();
  #lastId = 0;

  get size(): number {
    return this.#callers.size;
  }

  /** Gives the id to send. */
  add(caller: Caller): number {
    this.#lastId += 1;
    this.#callers.set(this.#lastId, caller);
    return this.#lastId;
  }

  /** Answers the caller that waits for this response; false when none does. */
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

  /** Nothing more will be answered: everyone who waits learns why. */
  failAll(error: Error): void {
    const callers = [...this.#callers.values()];
    this.#callers.clear();
    for (const caller of callers) caller.onError(error);
  }
}

/** @returns what an error member of a response says, even if it is not shaped as JSON-RPC wants it. */
export function failureToError(failure: unknown): HealerError {
  if (isRecord(failure) && typeof failure['message'] === 'string') {
    const { code, message, data } = failure;
    return errorOf({
      code: typeof code === 'number' ? code : 0,
      message,
      ...(isRecord(data) ? { data: data as NonNullable<RpcFailure['data']> } : {}),
    });
  }
  return new HealerError('INTERNAL', 'the engine answered with an error that cannot be read');
}
