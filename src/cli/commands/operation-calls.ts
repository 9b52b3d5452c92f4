import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { OperationName } from '../../protocol/operations.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';

/** The operations that `operateOn` performs; `remove` has a command of its own. */
export type OperatingCommand = Exclude<OperationName, 'remove'>;

type MethodParams<Method extends 'stop' | 'restart' | 'hold'> = Omit<Parameters<EngineApi[Method]>[0], 'id'>;

/** What operations take besides the id of the program. */
export type OperationParams = MethodParams<'stop'> & MethodParams<'restart'> & MethodParams<'hold'>;

type Perform = (api: EngineApi, id: string, params: OperationParams) => Promise<OperationResult>;

/** The request that performs each operation. */
export const PERFORM: Readonly<Record<OperatingCommand, Perform>> = {
  start: (api, id) => api.start({ id }),
  stop: (api, id, params) => api.stop({ id, ...params }),
  restart: (api, id, params) => api.restart({ id, ...params }),
  reload: (api, id) => api.reload({ id }),
  kill: (api, id, { batch }) => api.kill({ id, batch }),
  pause: (api, id) => api.pause({ id }),
  resume: (api, id) => api.resume({ id }),
  enable: (api, id) => api.enable({ id }),
  disable: (api, id, { batch }) => api.disable({ id, batch }),
  hold: (api, id, params) => api.hold({ id, ...params }),
  release: (api, id) => api.release({ id }),
  cooldownReset: (api, id) => api.cooldownReset({ id }),
};
