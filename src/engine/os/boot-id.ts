import { readBootId } from '../../base/proc-stat.ts';

/** Names the boot in which pids and start times mean anything; one name for all where the platform has none. */
export function bootId(): string {
  return process.platform === 'linux' ? readBootId() : 'unknown';
}
