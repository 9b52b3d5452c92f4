import { readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readChildPids } from '../../base/child-pids.ts';
import { sendTo } from './send-signal.ts';

const KILL_ROUNDS = 5;

/** Kills all processes in a cgroup and below it at once. */
export function killMembers(folder: string): void {
  if (tryWrite(join(folder, 'cgroup.kill'), 1)) return;
  // Before Linux 5.14, the cgroup is frozen first, because a frozen process cannot fork but can be killed.
  tryWrite(join(folder, 'cgroup.freeze'), 1);
  for (let round = 0; round < KILL_ROUNDS; round++) {
    const members = readMembers(folder);
    if (members.length === 0) break;
    for (const pid of members) sendTo(pid, 'SIGKILL');
  }
  tryWrite(join(folder, 'cgroup.freeze'), 0);
}

/** Returns the anonymous and shared memory in `memory.stat`. Not memory.current, which includes the page cache of every file that the program has read. */
export function memoryBytes(stat: string): number | null {
  const [anon, shmem] = ['anon', 'shmem'].map((name) => new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1]);
  return anon === undefined || shmem === undefined ? null : Number(anon) + Number(shmem);
}

/** Moves a process, and then only the children it had forked before: a fork bomb has thousands by then. */
export function moveTree(pid: number, folder: string): void {
  writeFileSync(join(folder, 'cgroup.procs'), String(pid));
  const children = childrenOf(pid);
  if (children.length === 0) return;
  const members = new Set(readMembers(folder));
  for (const child of children) if (!members.has(child)) moveTree(child, folder);
}

/** Returns no children if the process is gone or the kernel does not provide the list. */
function childrenOf(pid: number): readonly number[] {
  try {
    return readChildPids(pid);
  } catch {
    return [];
  }
}

/** Returns the processes in a cgroup and below it. */
export function readMembers(folder: string): number[] {
  const own = read(join(folder, 'cgroup.procs')).split('\n').filter(Boolean).map(Number);
  return [...own, ...subfolders(folder).flatMap(readMembers)];
}

/** Returns the cgroups directly below a cgroup. */
export function subfolders(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

/** Removes cgroups depth first, except those that contain processes and their parents. */
export function removeTree(folder: string): void {
  for (const each of subfolders(folder)) removeTree(each);
  try {
    rmdirSync(folder);
  } catch {
    // It is in use or already removed.
  }
}

/** Returns an empty text if the file does not exist. */
export function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Does not create the file: if it is missing, the kernel does not support the feature. */
export function tryWrite(path: string, value: string | number): boolean {
  try {
    writeFileSync(path, String(value), { flag: 'r+' });
    return true;
  } catch {
    return false;
  }
}
