import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { listPids, readProcStat } from '../../base/proc-stat.ts';

/** The search reads the descriptors of every process, so it is bounded, and its result is used for a while. */
const MAX_SEARCH_MS = 50;
const KEPT_MS = 10_000;

/** From fcntl.h: the access mode of an open file. */
const ACCESS_MODE = 0o3;
const READ_ONLY = 0;

let last: { readonly path: string; readonly atMs: number; readonly text: string } | null = null;

/** Returns which process has a file open for writing: "another process (bash, pid 4711)". */
export function describeWriter(path: string): string {
  const now = performance.now();
  if (last?.path === path && now - last.atMs < KEPT_MS) return last.text;
  const pid = findWriter(path);
  const name = pid === null ? null : (readProcStat(pid)?.name ?? null);
  const text = name === null ? 'another process' : `another process (${name}, pid ${String(pid)})`;
  last = { path, atMs: now, text };
  return text;
}

function findWriter(path: string): number | null {
  const file = statOf(path);
  if (file === null) return null;
  const deadline = performance.now() + MAX_SEARCH_MS;
  for (const pid of listPids()) {
    if (performance.now() > deadline) return null;
    if (fdsOf(pid).some((fd) => isSame(statOf(`/proc/${String(pid)}/fd/${fd}`), file) && isWritable(pid, fd)))
      return pid;
  }
  return null;
}

function isWritable(pid: number, fd: string): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/${String(pid)}/fdinfo/${fd}`, 'latin1'))?.[1];
    return flags !== undefined && (parseInt(flags, 8) & ACCESS_MODE) !== READ_ONLY;
  } catch {
    return false;
  }
}

/** Returns no descriptors for processes of other users. */
function fdsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${String(pid)}/fd`);
  } catch {
    return [];
  }
}

function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

function isSame(found: Stats | null, file: Stats): boolean {
  return found?.ino === file.ino && found.dev === file.dev;
}
