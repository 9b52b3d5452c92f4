import { readFileSync } from 'node:fs';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a service manager told one process is meant for no other. */
const OF_THE_MANAGER = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID', 'SYSTEMD_EXEC_PID', 'INVOCATION_ID'];

/**
 * The environment that a process was started with, so that the one in its place, and its programs, have the same. It is
 * kept in memory and nowhere else, since it may hold secrets. Null when it cannot be read.
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

/** Without what a service manager gave to that one process: another one must not pass for it. */
export function withoutManager(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !OF_THE_MANAGER.includes(name)));
}
