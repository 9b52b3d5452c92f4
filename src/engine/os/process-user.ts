import { readFileSync } from 'node:fs';

const USER_IDS = /^Uid:\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)$/m;

/**
 * Returns whether a process runs with the rights of a user alone. The environment of a set-user-id program such as `su`
 * comes from the user who started it. Returns false if the process is gone.
 */
export function isWhollyOf(uid: number, pid: number): boolean {
  try {
    const ids = USER_IDS.exec(readFileSync(`/proc/${String(pid)}/status`, 'latin1'))?.slice(1);
    return ids?.every((id) => Number(id) === uid) === true;
  } catch {
    return false;
  }
}
