import type { ApiMethod, CallOptions, EngineApi } from '../../protocol/methods/methods.ts';

/** Sends one request. Rejects with a HealerError. */
export type Call = (method: ApiMethod, params: unknown, options: CallOptions) => Promise<unknown>;

/** Returns an object with the methods of the API, such as `api.stop({ id })`. The engine decides which methods exist. */
export function engineApiOver(call: Call): EngineApi {
  const target = Object.create(null) as EngineApi;
  return new Proxy(target, {
    get(_target, name) {
      // `await` treats an object with a `then` method as a promise.
      if (typeof name !== 'string' || name === 'then') return undefined;
      return (params: unknown, options: CallOptions = {}) => call(name as ApiMethod, params, options);
    },
  });
}
