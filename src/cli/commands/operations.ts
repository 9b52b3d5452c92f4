import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import { PROCESS_STATES, type ProcessStateName } from '../../protocol/process-state.ts';
import type { CommandOptions } from '../command/command.ts';

interface Operation {
  /** As in `stopped "web"`. */
  readonly done: string;
  /** Which programs "all" means: those in a state that the operation is made for. */
  readonly appliesTo: readonly ProcessStateName[];
  readonly perform: (api: EngineApi, id: string, options: CommandOptions) => Promise<OperationResult>;
}

const UP = ['running', 'starting', 'paused', 'stopping'] as const satisfies ProcessStateName[];
const DUE = ['waiting', 'backoff', 'cooldown'] as const satisfies ProcessStateName[];
const AT_REST = ['failed', 'exited', 'stopped'] as const satisfies ProcessStateName[];

/** What can be done to programs, one request for each. */
export const OPERATIONS = {
  start: {
    done: 'started',
    appliesTo: [...DUE, ...AT_REST],
    perform: (api, id) => api.start({ id }),
  },
  stop: {
    done: 'stopped',
    appliesTo: [...UP, ...DUE],
    perform: (api, id, options) =>
      api.stop({ id, ...timeoutOf(options), ...(options.force ? { graceful: false } : {}) }),
  },
  restart: {
    done: 'restarted',
    appliesTo: [...UP, ...DUE, 'failed'],
    perform: (api, id, options) => api.restart({ id, ...timeoutOf(options) }),
  },
  reload: { done: 'reloaded', appliesTo: ['running'], perform: (api, id) => api.reload({ id }) },
  kill: { done: 'killed', appliesTo: UP, perform: (api, id) => api.kill({ id }) },
  pause: { done: 'paused', appliesTo: ['running'], perform: (api, id) => api.pause({ id }) },
  resume: { done: 'resumed', appliesTo: ['paused'], perform: (api, id) => api.resume({ id }) },
  enable: { done: 'enabled', appliesTo: ['disabled'], perform: (api, id) => api.enable({ id }) },
  disable: {
    done: 'disabled',
    appliesTo: [...UP, ...DUE, ...AT_REST],
    perform: (api, id) => api.disable({ id }),
  },
  hold: {
    done: 'held the healing of',
    appliesTo: PROCESS_STATES,
    perform: (api, id, options) => api.hold({ id, ...(options.for === undefined ? {} : { forMs: options.for }) }),
  },
  release: {
    done: 'released the healing of',
    appliesTo: PROCESS_STATES,
    perform: (api, id) => api.release({ id }),
  },
  'reset the cooldown of': {
    done: 'ended the cooldown of',
    appliesTo: ['cooldown'],
    perform: (api, id) => api.cooldownReset({ id }),
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;

function timeoutOf({ timeout }: CommandOptions): { timeoutMs?: number } {
  return timeout === undefined ? {} : { timeoutMs: timeout };
}

/** How an operation is asked for and told of. */
export function operationOf(name: OperationName): Operation {
  return OPERATIONS[name];
}
