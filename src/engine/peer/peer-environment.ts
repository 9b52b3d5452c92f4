import { readFileSync } from 'node:fs';
import type { Environment } from '../../base/environment.ts';

/** Variables that a service manager sets for one process and that must not be passed on. */
const OF_THE_MANAGER = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID', 'SYSTEMD_EXEC_PID', 'INVOCATION_ID'];

/**
 * Reads the environment that a process was started with, so that its replacement and its programs get the same one.
 * Returns null if it cannot be read. Keep the result in memory only: it may contain secrets.
 */
export function readEnvironment(pid: number): Environment | null {
  try {
    const entries = readFileSync(`/proc/${String(pid)}/environ`, 'utf8')
      .split('\0')
      .filter(Boolean);
    const variables = entries.map((entry) => {
      const at = entry.indexOf('=', 1);
      return [entry.slice(0, at), entry.slice(at + 1)] as const;
    });
    return withoutManager(Object.fromEntries(variables));
  } catch {
    return null;
  }
}

/** Removes the variables by which a service manager identifies a process, so that another process does not pass for it. */
export function withoutManager(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !OF_THE_MANAGER.includes(name)));
}
