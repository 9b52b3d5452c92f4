import { readProcessLimit } from './process-limits.ts';
import type { Environment } from './environment.ts';

/** Passes the limit from the process that was called to the processes that take its place. */
export const SOFT_LIMIT_VARIABLE = 'HEALER_CALLER_NOFILE';

/** The defaults of systemd, in its system.conf. */
const SERVICE_DEFAULTS = { soft: 1024, hard: 524_288 };

/**
 * Returns the soft limit of open files that the caller had, or null if Node did not raise it or it is unknown. Node raises
 * its own at start and passes that on, but programs that use select(2) or close every possible descriptor rely on a low one.
 * The parent process still has the limit. If the parent is the service manager, its default is assumed.
 */
export function callerOpenFilesLimit(env: Environment): number | null {
  const known = Number(env[SOFT_LIMIT_VARIABLE] ?? NaN);
  const own = readProcessLimit('self', 'Max open files');
  if (own === null) return null;
  const soft = Number.isInteger(known) ? known : softLimitOfParent(own.hard);
  return soft !== null && soft > 0 && soft < own.hard ? soft : null;
}

function softLimitOfParent(hard: number): number | null {
  const parent = process.ppid > 1 ? readProcessLimit(process.ppid, 'Max open files') : null;
  if (parent !== null) return parent.soft;
  return hard === SERVICE_DEFAULTS.hard ? SERVICE_DEFAULTS.soft : null;
}
