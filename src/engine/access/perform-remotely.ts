import type { InTurn } from '../../base/in-turn.ts';
import type { Caller } from '../../policy/remote-access/caller.ts';
import { withoutSecrets } from '../../policy/remote-access/without-secrets.ts';
import type { ApiMethod } from '../../protocol/methods/methods.ts';
import { parseParams } from './parse-params.ts';
import type { ServedEngine } from './served-engine.ts';
import { admitChanges, admitDefinition, type Admission } from './admission.ts';

interface RemoteCall {
  readonly engine: ServedEngine;
  readonly admission: Admission;
  readonly caller: Caller;
  /** One change after the other: two that are harmless each must not be judged side by side and come to more together. */
  readonly inTurn: InTurn;
}

type Perform = (params: unknown, call: RemoteCall) => unknown;

/** What is done otherwise for callers from elsewhere than for the user of the local socket. */
const REMOTELY: Readonly<Partial<Record<ApiMethod, Perform>>> = {
  add: (params, { engine, admission, caller, inTurn }) => {
    const { definition } = parseParams('add', params);
    return inTurn(async () => engine.handlers.add({ definition: admitDefinition(definition, caller, admission) }));
  },
  update: (params, { engine, admission, caller, inTurn }) => {
    const { id, changes } = parseParams('update', params);
    return inTurn(async () => {
      const { spec } = await engine.handlers.describe({ id });
      return engine.handlers.update({ id, changes: admitChanges(spec, changes, caller, admission) });
    });
  },
  describe: async (params, { engine }) =>
    withoutSecrets(await engine.handlers.describe(parseParams('describe', params))),
};

/** @throws HealerError as the method does, and where a caller from elsewhere may not do this */
export function performRemotely(method: ApiMethod, params: unknown, call: RemoteCall): unknown {
  const perform = REMOTELY[method];
  if (perform !== undefined) return perform(params, call);
  const handle = call.engine.handlers[method] as (params: unknown) => unknown;
  return handle(parseParams(method, params));
}
