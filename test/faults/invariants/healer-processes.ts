import { readFileSync } from 'node:fs';
import { readProcStat } from '../../../src/base/proc-stat.ts';
import { openFiles } from '../../support/healer-home.ts';
import type { FaultBed } from '../bed.ts';

/** How long the delivery worker of an engine that is gone may wait for the answer to a message that it has sent, and exit. */
const FINISHING_MS = 75_000;

/**
 * Each side has at most one engine, and the engine at most one log collector and delivery worker, besides workers of earlier
 * engines that finish.
 */
export function healerProblems(bed: FaultBed): readonly string[] {
  const found = namedProcesses(bed).flatMap(({ pid, name }) => (isFinishing(bed, pid) ? [] : [name]));
  return [...new Set(found)].flatMap((name) => {
    const count = found.filter((each) => each === name).length;
    return count > 1 ? [`there are ${count} processes: ${name}`] : [];
  });
}

/** Returns the names of healer's own processes that run, without clients. */
export function healerProcesses(bed: FaultBed): readonly string[] {
  return namedProcesses(bed).map(({ name }) => name);
}

/** Returns whether a delivery worker has lost its engine, not too long ago. */
function isFinishing(bed: FaultBed, pid: number): boolean {
  if (nameOf(pid) !== 'healer-courier' || [bed.enginePid(), bed.watcherPid()].includes(parentOf(pid))) return false;
  const since = bed.finishing.get(pid) ?? performance.now();
  bed.finishing.set(pid, since);
  return performance.now() - since < FINISHING_MS;
}

function namedProcesses(bed: FaultBed): readonly { readonly pid: number; readonly name: string }[] {
  const { lock, stateDir } = bed.home.paths;
  const { lock: watcherLock, stateDir: watcherDir } = bed.watcherPaths;
  const watcher = bed.watcherPid();
  return bed.home.survivors().flatMap(({ pid }) => {
    const files = openFiles(pid);
    const name = nameOf(pid);
    const isOfWatcher = parentOf(pid) === watcher || files.some((file) => file.startsWith(watcherDir));
    const side = isOfWatcher ? 'of the watcher' : 'of the engine';
    if (name === 'healer-keeper' || name === 'healer-courier') return [{ pid, name: `${name} ${side}` }];
    if (files.includes(watcherLock)) return [{ pid, name: 'watcher' }];
    return files.includes(lock) && files.some((file) => file.startsWith(stateDir)) ? [{ pid, name: 'engine' }] : [];
  });
}

function parentOf(pid: number): number {
  return readProcStat(pid)?.parentPid ?? 1;
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}
