import type { ExitStatus } from './run.ts';

/** Every state a program can be in (SPEC section 4), in the order in which a person reads them. */
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

/** How the last run of a program exited. */
export interface LastExit extends ExitStatus {
  /** ISO 8601. */
  readonly at: string;
  readonly uptimeMs: number | null;
  /** One sentence for people, e.g. "killed by SIGSEGV after 3 s". */
  readonly reason: string;
}

export type Health = 'unknown' | 'healthy' | 'unhealthy';
