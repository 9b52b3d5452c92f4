import { PROCESS_STATES, type ProcessStateName } from './process-state.ts';

/**
 * The phase of each state: what an operator can expect of a program in that state.
 * - `up`: it runs or starts
 * - `paused`: it is frozen, with all its processes
 * - `stopping`: it has been sent a signal to exit
 * - `pending`: it has no process, and the engine will start it automatically
 * - `idle`: it has no process, and stays that way until a person or a dependent program starts it
 * - `disabled`: it cannot be started until it is enabled
 */
const PHASE = {
  running: 'up',
  starting: 'up',
  paused: 'paused',
  stopping: 'stopping',
  waiting: 'pending',
  backoff: 'pending',
  cooldown: 'pending',
  failed: 'idle',
  exited: 'idle',
  stopped: 'idle',
  disabled: 'disabled',
} as const satisfies Readonly<Record<ProcessStateName, string>>;

/** The phase of one state, or of any of several. */
export type PhaseOf<Name extends ProcessStateName> = (typeof PHASE)[Name];
export type Phase = PhaseOf<ProcessStateName>;

/** Returns what a state means for a program: whether it has a process, and what can be done to it. */
export function phaseOf<Name extends ProcessStateName>(state: Name): PhaseOf<Name> {
  return PHASE[state];
}

/** Lists the states of some phases, in the order of `PROCESS_STATES`. */
export function statesIn(...phases: readonly Phase[]): readonly ProcessStateName[] {
  return PROCESS_STATES.filter((state) => phases.includes(phaseOf(state)));
}

/** Returns whether a program in this state is down after a failure, whether or not the engine will restart it. */
export function isDownAfterFailure(state: ProcessStateName): boolean {
  return state === 'backoff' || state === 'cooldown' || state === 'failed';
}

const PHASES_WITH_PROCESS: readonly Phase[] = ['up', 'paused', 'stopping'];

/** Returns whether a program in this state has a process. */
export function hasProcess(state: ProcessStateName): boolean {
  return PHASES_WITH_PROCESS.includes(phaseOf(state));
}
