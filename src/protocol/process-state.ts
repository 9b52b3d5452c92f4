import type { ExitStatus } from './run.ts';

/** All states of a program, in the order in which lists show them. See docs/lifecycle.md. */
export const PROCESS_STATES = [
  'running',
  'starting',
  'paused',
  'stopping',
  'waiting',
  'backoff',
  'cooldown',
  'failed',
  'exited',
  'stopped',
  'disabled',
] as const;

export type ProcessStateName = (typeof PROCESS_STATES)[number];

/** Returns a state as it follows "it is": `running`, `in cooldown`. */
export function statePhrase(state: ProcessStateName): string {
  return state === 'backoff' || state === 'cooldown' ? `in ${state}` : state;
}

/** How the last run of a program exited. */
export interface LastExit extends ExitStatus {
  /** ISO 8601. */
  readonly at: string;
  readonly uptimeMs: number | null;
  /** One sentence, e.g. "killed by SIGSEGV after 3 s". */
  readonly reason: string;
  /** Where its core dump is: a path, or the command that shows it; absent without one. */
  readonly coreDump?: string;
}

export type Health = 'unknown' | 'healthy' | 'unhealthy';
