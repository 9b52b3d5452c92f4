import { type ErrorCode } from '../../protocol/errors.ts';
import { type OperationName, operationOf } from '../../protocol/operations.ts';
import { statePhrase } from '../../protocol/process-state.ts';
import type { Fact } from './facts.ts';
import { isUp, publicName, type LifecycleState } from './state.ts';

/** The operations that are one fact for one program. */
export type Operation = Exclude<OperationName, 'hold' | 'release' | 'remove'>;

/** Why an operation is not possible now. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

/** There is no process yet that could be paused or reloaded. */
const ALLOWED_WHILE_LAUNCHING: readonly Operation[] = ['stop', 'restart', 'kill', 'disable'];

/** Returns why an operation is not possible in a state, with the next step; null if it is possible. */
export function refusalOf(operation: Operation, id: string, state: LifecycleState): Refusal | null {
  const { verb, allowedIn } = operationOf(operation);
  const isAllowed =
    state.name === 'launching' ? ALLOWED_WHILE_LAUNCHING.includes(operation) : allowedIn.includes(state.name);
  if (isAllowed) return null;
  const sentence = `cannot ${verb} "${id}": it is ${statePhrase(publicName(state))}`;
  if (state.name === 'disabled' && operation !== 'disable') {
    return { code: 'PROCESS_DISABLED', message: `${sentence}; enable it first` };
  }
  if (operation === 'start') return { code: 'ALREADY_RUNNING', message: sentence };
  return { code: 'INVALID_STATE', message: sentence };
}

export interface OperationOptions {
  readonly graceful: boolean;
  readonly timeoutMs: number | null;
  /** The dependency with which a program is restarted. */
  readonly with?: string;
  /** Named in the reasons of events; `operator` by default. */
  readonly by?: string;
}

/** Returns the fact that an operation stands for. */
export function factOf(operation: Operation, options: OperationOptions): Fact {
  switch (operation) {
    case 'start':
      return { kind: 'startRequested', by: 'operator' };
    case 'stop':
      return { kind: 'stopRequested', ...options, by: options.by ?? 'operator' };
    case 'kill':
      return { kind: 'stopRequested', graceful: false, timeoutMs: null, by: 'operator' };
    case 'restart':
      return {
        kind: 'restartRequested',
        timeoutMs: options.timeoutMs,
        by: 'operator',
        ...(options.with === undefined ? {} : { with: options.with }),
      };
    case 'reload':
      return { kind: 'reloadRequested' };
    case 'pause':
      return { kind: 'pauseRequested' };
    case 'resume':
      return { kind: 'resumeRequested' };
    case 'enable':
      return { kind: 'enableRequested' };
    case 'disable':
      return { kind: 'disableRequested' };
    case 'cooldownReset':
      return { kind: 'cooldownResetRequested' };
  }
}

/** Returns whether the program survived SIGKILL, so that there is no point in waiting for its exit. */
export function isStuck(state: LifecycleState): boolean {
  return state.name === 'stopping' && state.stage === 'stuck';
}

/**
 * Returns whether a state in which an operation is complete is what the operation was to achieve. It is not if another
 * request came in between: a stop that became a restart, for example.
 */
export function isAchieved(operation: Operation, state: LifecycleState): boolean {
  switch (operation) {
    case 'start':
    case 'restart':
    case 'enable':
    case 'cooldownReset':
      return state.name !== 'stopped' && state.name !== 'disabled';
    case 'stop':
    case 'kill':
      return ['stopped', 'disabled', 'exited', 'failed'].includes(state.name);
    case 'disable':
      return state.name === 'disabled';
    case 'pause':
      return state.name === 'paused';
    case 'resume':
      return isUp(state);
    case 'reload':
      return true;
  }
}

/** Returns whether an operation is complete in a state, so that its caller can be answered. */
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
      return state.name !== 'running' || state.overlap === undefined || state.overlap.stage === 'retiring';
  }
}
