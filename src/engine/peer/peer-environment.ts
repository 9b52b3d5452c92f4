import { readFileSync } from 'node:fs';
import { withoutCallerVariables } from '../../base/caller-variables.ts';
import type { Environment } from '../../base/environment.ts';

/**
 * Reads the environment that a process was started with, so that its replacement and its programs get the same one, without
 * the variables by which a service manager would mistake the replacement for that process.
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
    return withoutCallerVariables(Object.fromEntries(variables), { userChanges: false });
  } catch {
    return null;
  }
}
