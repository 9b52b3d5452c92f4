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

/** How a program's last run ended. `code` and `signal` are both null when nobody could tell. */
export interface LastExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly coreDumped: boolean;
  /** ISO 8601. */
  readonly at: string;
  readonly uptimeMs: number | null;
  /** One sentence for people, e.g. "killed by SIGSEGV after 3 s". */
  readonly reason: string;
}

export type Health = 'unknown' | 'healthy' | 'unhealthy';
