import { type ErrorCode } from '../../protocol/errors.ts';
import { type OperationName, operationOf } from '../../protocol/operations.ts';
import type { Fact } from './facts.ts';
import { publicName, type LifecycleState } from './state.ts';

/** The operations that are facts for one program. */
export type Operation = Exclude<OperationName, 'hold' | 'release' | 'remove'>;

/** Why an operation cannot be done now. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

/** A program that is being spawned has no process yet that could be paused or reloaded. */
const ALLOWED_WHILE_LAUNCHING: readonly Operation[] = ['stop', 'restart', 'kill', 'disable'];

/** Returns why an operation is not possible in a state, with the next step; null if it is possible. */
export function refusalOf(operation: Operation, id: string, state: LifecycleState): Refusal | null {
  const { verb, allowedIn } = operationOf(operation);
  const isAllowed =
    state.name === 'launching' ? ALLOWED_WHILE_LAUNCHING.includes(operation) : allowedIn.includes(state.name);
  if (isAllowed) return null;
  const sentence = `cannot ${verb} "${id}": it is ${publicName(state)}`;
  if (state.name === 'disabled' && operation !== 'disable') {
    return { code: 'PROCESS_DISABLED', message: `${sentence}; enable it first` };
  }
  if (operation === 'start') return { code: 'ALREADY_RUNNING', message: sentence };
  return { code: 'INVALID_STATE', message: sentence };
}

export interface OperationOptions {
  readonly graceful: boolean;
  readonly timeoutMs: number | null;
  /** Who asks, for the events; the operator unless told otherwise. */
  readonly by?: string;
}

/** The fact that an operation is for the program. */
export function factOf(operation: Operation, options: OperationOptions): Fact {
  switch (operation) {
    case 'start':
      return { kind: 'startAsked', by: 'operator' };
    case 'stop':
      return { kind: 'stopAsked', ...options, by: options.by ?? 'operator' };
    case 'kill':
      return { kind: 'stopAsked', graceful: false, timeoutMs: null, by: 'operator' };
    case 'restart':
      return { kind: 'restartAsked', timeoutMs: options.timeoutMs, by: 'operator' };
    case 'reload':
      return { kind: 'reloadAsked' };
    case 'pause':
      return { kind: 'pauseAsked' };
    case 'resume':
      return { kind: 'resumeAsked' };
    case 'enable':
      return { kind: 'enableAsked' };
    case 'disable':
      return { kind: 'disableAsked' };
    case 'cooldownReset':
      return { kind: 'cooldownResetAsked' };
  }
}

/** Nothing ends the program: whoever waits for its end waits in vain. */
export function isStuck(state: LifecycleState): boolean {
  return state.name === 'stopping' && state.stage === 'stuck';
}

/** Whether a state is where an operation was to lead, so that its caller can be answered. */
export function isDone(operation: Operation, state: LifecycleState): boolean {
  if (isStuck(state)) return true;
  switch (operation) {
    case 'start':
    case 'restart':
    case 'enable':
    case 'cooldownReset':
      return !['launching', 'stopping'].includes(state.name);
    case 'stop':
    case 'kill':
    case 'disable':
    case 'pause':
    case 'resume':
      return state.name !== 'stopping';
    case 'reload':
      return true;
  }
}
