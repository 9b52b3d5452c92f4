import { statesIn } from './process-phase.ts';
import { PROCESS_STATES, type ProcessStateName } from './process-state.ts';

/** What the engine, the command line and the terminal UI need to know about an operation on programs. */
interface OperationRow {
  /** As in `cannot stop "web"`. */
  readonly verb: string;
  /** As in `stopped "web"`. */
  readonly done: string;
  /** The CLI command, without the ids. */
  readonly command: string;
  /** The states in which the engine accepts it. */
  readonly allowedIn: readonly ProcessStateName[];
  /** The states of the programs that `all` stands for. */
  readonly meantByAll: readonly ProcessStateName[];
  /** When the terminal UI asks for confirmation; `several`: only for more than one program. */
  readonly asks: 'never' | 'several' | 'always';
}

const ENABLED = statesIn('up', 'paused', 'stopping', 'pending', 'idle');
const WITH_PROCESS = statesIn('up', 'paused', 'stopping');

/** The operations on programs. Each key is the name of the method that performs it. */
export const OPERATIONS = {
  start: {
    verb: 'start',
    done: 'started',
    command: 'start',
    allowedIn: statesIn('stopping', 'pending', 'idle'),
    meantByAll: statesIn('pending', 'idle'),
    asks: 'never',
  },
  stop: {
    verb: 'stop',
    done: 'stopped',
    command: 'stop',
    allowedIn: ENABLED.filter((state) => state !== 'stopped'),
    meantByAll: statesIn('up', 'paused', 'stopping', 'pending'),
    asks: 'always',
  },
  restart: {
    verb: 'restart',
    done: 'restarted',
    command: 'restart',
    allowedIn: ENABLED,
    meantByAll: [...statesIn('up', 'paused', 'stopping', 'pending'), 'failed'],
    asks: 'several',
  },
  reload: {
    verb: 'reload',
    done: 'reloaded',
    command: 'reload',
    allowedIn: ['running'],
    meantByAll: ['running'],
    asks: 'several',
  },
  kill: {
    verb: 'kill',
    done: 'killed',
    command: 'kill',
    allowedIn: WITH_PROCESS,
    meantByAll: WITH_PROCESS,
    asks: 'always',
  },
  pause: {
    verb: 'pause',
    done: 'paused',
    command: 'pause',
    allowedIn: statesIn('up'),
    meantByAll: ['running'],
    asks: 'never',
  },
  resume: {
    verb: 'resume',
    done: 'resumed',
    command: 'resume',
    allowedIn: statesIn('paused'),
    meantByAll: statesIn('paused'),
    asks: 'never',
  },
  enable: {
    verb: 'enable',
    done: 'enabled',
    command: 'enable',
    allowedIn: statesIn('disabled'),
    meantByAll: statesIn('disabled'),
    asks: 'never',
  },
  disable: {
    verb: 'disable',
    done: 'disabled',
    command: 'disable',
    allowedIn: ENABLED,
    meantByAll: ENABLED,
    asks: 'always',
  },
  hold: {
    verb: 'pause healing of',
    done: 'paused healing of',
    command: 'hold',
    allowedIn: PROCESS_STATES,
    meantByAll: PROCESS_STATES,
    asks: 'never',
  },
  release: {
    verb: 'resume healing of',
    done: 'resumed healing of',
    command: 'release',
    allowedIn: PROCESS_STATES,
    meantByAll: PROCESS_STATES,
    asks: 'never',
  },
  cooldownReset: {
    verb: 'reset the cooldown of',
    done: 'ended the cooldown of',
    command: 'cooldown reset',
    allowedIn: ['cooldown'],
    meantByAll: ['cooldown'],
    asks: 'several',
  },
  remove: {
    verb: 'remove',
    done: 'removed',
    command: 'remove',
    allowedIn: PROCESS_STATES,
    meantByAll: PROCESS_STATES,
    asks: 'always',
  },
} as const satisfies Readonly<Record<string, OperationRow>>;

export type OperationName = keyof typeof OPERATIONS;

/** The operations that one request can perform on all programs that it selects. */
export const SELECTED_OPERATIONS = [
  ...(['start', 'stop', 'restart', 'reload', 'kill', 'pause', 'resume', 'enable', 'disable'] as const),
  ...(['hold', 'release', 'cooldownReset'] as const),
] satisfies readonly OperationName[];

export type SelectedOperation = (typeof SELECTED_OPERATIONS)[number];

/** Returns whether a value names an operation that one request can perform on several programs. */
export function isSelectedOperation(value: unknown): value is SelectedOperation {
  return SELECTED_OPERATIONS.some((operation) => operation === value);
}

/** Returns the row of an operation, with the types that all rows share. */
export function operationOf(name: OperationName): OperationRow {
  return OPERATIONS[name];
}
