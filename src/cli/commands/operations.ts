import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { OperationName } from '../../protocol/operations.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import type { CommandOptions } from '../command/command.ts';

/** The operations that `operateOn` performs; `remove` has a command of its own. */
export type OperatingCommand = Exclude<OperationName, 'remove'>;

type Perform = (api: EngineApi, id: string, options: CommandOptions) => Promise<OperationResult>;

/** The request that performs each operation. */
export const PERFORM: Readonly<Record<OperatingCommand, Perform>> = {
  start: (api, id) => api.start({ id }),
  stop: (api, id, options) => api.stop({ id, ...timeoutOf(options), ...(options.force ? { graceful: false } : {}) }),
  restart: (api, id, options) => api.restart({ id, ...timeoutOf(options) }),
  reload: (api, id) => api.reload({ id }),
  kill: (api, id) => api.kill({ id }),
  pause: (api, id) => api.pause({ id }),
  resume: (api, id) => api.resume({ id }),
  enable: (api, id) => api.enable({ id }),
  disable: (api, id) => api.disable({ id }),
  hold: (api, id, options) => api.hold({ id, ...(options.for === undefined ? {} : { forMs: options.for }) }),
  release: (api, id) => api.release({ id }),
  cooldownReset: (api, id) => api.cooldownReset({ id }),
};

function timeoutOf({ timeout }: CommandOptions): { timeoutMs?: number } {
  return timeout === undefined ? {} : { timeoutMs: timeout };
}
