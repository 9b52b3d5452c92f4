import { readBootId } from '../../base/proc-stat.ts';

/** Returns the id of the current boot, to which pids and start times are relative. Returns "unknown" on other platforms than Linux. */
export function bootId(): string {
  return process.platform === 'linux' ? readBootId() : 'unknown';
}
