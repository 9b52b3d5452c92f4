import type { ApiMethod, Params, Result } from '../../protocol/methods/methods.ts';

/** Options of one call. */
export interface CallOptions {
  /** Stops waiting for the response: the call rejects with the reason of the signal. The engine completes its work. */
  readonly signal?: AbortSignal;
}

/** The API of an engine as clients call it. */
export type ClientApi = {
  readonly [M in ApiMethod]: (params: Params<M>, options?: CallOptions) => Promise<Result<M>>;
};

/** Sends one request. Rejects with a HealerError. */
export type Call = (method: ApiMethod, params: unknown, options: CallOptions) => Promise<unknown>;

/** Returns an object with the methods of the API, such as `api.stop({ id })`. The engine decides which methods exist. */
export function engineApiOver(call: Call): ClientApi {
  const target = Object.create(null) as ClientApi;
  return new Proxy(target, {
    get(_target, name) {
      // `await` treats an object with a `then` method as a promise.
      if (typeof name !== 'string' || name === 'then') return undefined;
      return (params: unknown, options: CallOptions = {}) => call(name as ApiMethod, params, options);
    },
  });
}
