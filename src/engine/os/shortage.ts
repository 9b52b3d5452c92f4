import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { descriptors } from '../../base/descriptors.ts';
import { locateCgroup } from '../../base/cgroup-mount.ts';
import { codeOf } from '../../base/thrown.ts';
import type { Shortage } from '../../policy/shortage.ts';
import { HealerError } from '../../protocol/errors.ts';
import { describeWriter } from './file-writer.ts';

/** Returns the shortage of file descriptors at this limit. */
export function descriptorShortage(limit: number): Shortage {
  const why = `waiting for file descriptors: limit ${String(limit)}, raise LimitNOFILE (ulimit -n) and restart the engine`;
  return { resource: 'file descriptors', why };
}

/** Returns what is missing if a start failed for a reason that passes by itself; null if it will fail again. */
export function shortageOf(error: unknown): Shortage | null {
  const data = error instanceof HealerError ? error.data : {};
  const errno = typeof data['errno'] === 'string' ? data['errno'] : (codeOf(error) ?? '');
  switch (errno) {
    case 'EMFILE':
      return descriptorShortage(descriptors.limit);
    case 'ENFILE':
      return {
        resource: 'file descriptors',
        why: 'waiting for file descriptors: the limit of the whole system is reached, raise fs.file-max',
      };
    case 'EAGAIN':
      return { resource: 'processes', why: `waiting for processes: ${describeProcessLimit()}` };
    case 'ENOMEM':
      return { resource: 'memory', why: 'waiting for memory: the system has not enough memory to start it (ENOMEM)' };
    case 'ENOSPC':
    case 'EDQUOT':
      return { resource: 'disk space', why: `waiting for disk space: its log pipes cannot be created (${errno})` };
    case 'ETXTBSY': {
      const path = typeof data['path'] === 'string' ? data['path'] : '';
      const why = `waiting for its file: "${path}" is being written by ${describeWriter(path)}`;
      return { resource: 'its file', why, isOfProgram: true };
    }
    default:
      return null;
  }
}

/** Returns which limit on processes is reached, and how to raise it. Threads count as processes. */
function describeProcessLimit(): string {
  const cgroup = fullCgroup();
  if (cgroup !== null) return `limit ${cgroup.max} of the cgroup "${cgroup.path}", raise TasksMax (pids.max)`;
  const own = /^Max processes\s+(\d+)/m.exec(read('/proc/self/limits'))?.[1];
  const isRoot = process.geteuid?.() === 0;
  if (own !== undefined && !isRoot) return `limit ${own} of this user, raise LimitNPROC (ulimit -u)`;
  return 'a limit of the system is reached, raise kernel.pid_max, kernel.threads-max or TasksMax';
}

/** Returns the innermost cgroup of the engine whose limit on processes is reached. */
function fullCgroup(): { readonly path: string; readonly max: string } | null {
  for (const folder of pidsFolders()) {
    const max = read(join(folder, 'pids.max')).trim();
    if (/^\d+$/.test(max) && Number(read(join(folder, 'pids.current'))) >= Number(max)) return { path: folder, max };
  }
  return null;
}

/** Returns the folders of the cgroups that limit the processes of the engine, from the inside out. */
function pidsFolders(): string[] {
  const own = read('/proc/self/cgroup');
  const legacy = /^\d+:(?:[^:]*,)?pids(?:,[^:]*)?:(.*)$/m.exec(own)?.[1];
  const place = legacy === undefined ? locateCgroup(read('/proc/self/mountinfo'), own) : null;
  const [root, path] =
    legacy === undefined ? [place?.mountPoint ?? '', place?.path ?? '/'] : ['/sys/fs/cgroup/pids', legacy];
  if (root === '') return [];
  const parts = path.split('/').filter(Boolean);
  return Array.from({ length: parts.length + 1 }, (_, up) => join(root, ...parts.slice(0, parts.length - up)));
}

function read(path: string): string {
  try {
    return descriptors.withReserve(() => readFileSync(path, 'latin1'));
  } catch {
    return '';
  }
}
