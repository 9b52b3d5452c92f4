import { type ErrorCode } from '../../protocol/errors.ts';
import type { Fact } from './facts.ts';
import { publicName, type LifecycleState, type StateName } from './state.ts';

/** What an operator can ask of one program. */
export type Operation =
  'start' | 'stop' | 'restart' | 'reload' | 'kill' | 'pause' | 'resume' | 'enable' | 'disable' | 'cooldownReset';

/** Why an operation cannot be done now. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

const LIVE: readonly StateName[] = ['launching', 'starting', 'running', 'paused', 'stopping'];
const RESTING: readonly StateName[] = ['stopped', 'failed', 'exited'];
const DUE: readonly StateName[] = ['waiting', 'backoff', 'cooldown'];

/** The states in which each operation makes sense. Everything else is refused by name. */
const ALLOWED_IN: Readonly<Record<Operation, readonly StateName[]>> = {
  start: [...RESTING, ...DUE, 'stopping'],
  stop: [...LIVE, ...DUE, 'failed', 'exited'],
  restart: [...LIVE, ...RESTING, ...DUE],
  reload: ['running'],
  kill: LIVE,
  pause: ['starting', 'running'],
  resume: ['paused'],
  enable: ['disabled'],
  disable: [...LIVE, ...RESTING, ...DUE],
  cooldownReset: ['cooldown'],
};

/** Why an operation does not fit a state, with the next step; null when it does. */
export function refusalOf(operation: Operation, id: string, state: LifecycleState): Refusal | null {
  if (ALLOWED_IN[operation].includes(state.name)) return null;
  const verb = operation === 'cooldownReset' ? 'reset the cooldown of' : operation;
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
