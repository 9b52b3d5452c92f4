import type { ApiMethod, EngineApi } from '../../protocol/methods/methods.ts';

/** Sends one request. Rejects with a HealerError. */
export type Call = (method: ApiMethod, params: unknown) => Promise<unknown>;

/** The engine's API as methods of an object: `api.stop({ id })`. Which methods exist is the engine's to say. */
export function engineApiOver(call: Call): EngineApi {
  const target = Object.create(null) as EngineApi;
  return new Proxy(target, {
    get(_target, name) {
      // An object with a `then` is taken for a promise when it is awaited.
      if (typeof name !== 'string' || name === 'then') return undefined;
      return (params: unknown) => call(name as ApiMethod, params);
    },
  });
}
