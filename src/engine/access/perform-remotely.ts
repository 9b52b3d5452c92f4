import type { TaskQueue } from '../../base/task-queue.ts';
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
  /** Runs changes one at a time: two changes that are harmless alone must not combine into one that is not. */
  readonly inTurn: TaskQueue;
}

type Perform = (params: unknown, call: RemoteCall) => unknown;

/** The methods that work differently for remote callers than on the local socket. */
const REMOTE_VARIANTS: Readonly<Partial<Record<ApiMethod, Perform>>> = {
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

/**
 * Performs a method for a remote caller whose permissions were checked, and returns its result.
 * @throws HealerError as the method does; NOT_ALLOWED_EXECUTABLE or FORBIDDEN for a definition that must not be set remotely
 */
export function performRemotely(method: ApiMethod, params: unknown, call: RemoteCall): unknown {
  const perform = REMOTE_VARIANTS[method];
  if (perform !== undefined) return perform(params, call);
  const handle = call.engine.handlers[method] as (params: unknown) => unknown;
  return handle(parseParams(method, params));
}
