import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';

const FAKE_TIME_LIBRARIES = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/faketime/libfaketime.so.1',
];

/** A process that strace can attach to. */
const TRACED_CHILD = 'sleep 5 & timeout -s INT 0.2 strace -qp $!; status=$?; kill $!; [ $status -eq 124 ]';

/** The kinds of faults that need more than an ordinary user. */
export type Need =
  | 'mounts'
  | 'fake clock'
  | 'pids limit'
  | 'descriptor limit'
  | 'failing spawns'
  | 'slow writes'
  | 'pid reuse'
  | 'small pid namespace'
  | 'watcher';

/** Returns why this machine cannot produce a kind of fault, or null if it can. */
export function obstacleTo(need: Need): string | null {
  switch (need) {
    case 'mounts':
      return succeeds('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'])
        ? null
        : 'mounting a tmpfs needs root';
    case 'fake clock':
      return fakeTimeLibrary() === null ? 'libfaketime is not installed' : null;
    case 'pids limit':
      return pidsCgroup() === null ? 'there is no writable pids cgroup' : null;
    case 'descriptor limit':
      return succeeds('prlimit', ['--version']) ? null : 'prlimit is not installed';
    case 'failing spawns':
    case 'slow writes':
      return succeeds('sh', ['-c', TRACED_CHILD]) ? null : 'strace is not installed, or may not trace processes';
    case 'watcher':
      return null;
    case 'pid reuse':
      return isWritable('/proc/sys/kernel/ns_last_pid') ? null : 'choosing the next pid needs root';
    case 'small pid namespace':
      return process.env['FAULT_PIDS'] === undefined
        ? 'creating a pid namespace with a small pid_max needs root and Linux 6.14'
        : null;
  }
}

export function fakeTimeLibrary(): string | null {
  return FAKE_TIME_LIBRARIES.find((path) => existsSync(path)) ?? null;
}

/** Returns the folder of the cgroup hierarchy that limits the number of processes, version 1 or 2; null without one. */
export function pidsCgroup(): string | null {
  return (
    ['/sys/fs/cgroup/pids', '/sys/fs/cgroup'].find((folder) => {
      const offers = folder.endsWith('pids') || hasController(folder);
      return offers && isWritable(`${folder}/cgroup.procs`);
    }) ?? null
  );
}

function hasController(folder: string): boolean {
  try {
    return execFileSync('cat', [`${folder}/cgroup.subtree_control`], { encoding: 'utf8' }).includes('pids');
  } catch {
    return false;
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
