import { readFileSync } from 'node:fs';
import { readProcStat } from '../../../src/base/proc-stat.ts';
import { openFiles } from '../../support/healer-home.ts';
import type { FaultBed } from '../bed.ts';

/** Each side has at most one engine, and the engine at most one log collector and delivery worker. */
export function healerProblems(bed: FaultBed): readonly string[] {
  const found = healerProcesses(bed);
  return [...new Set(found)].flatMap((name) => {
    const count = found.filter((each) => each === name).length;
    return count > 1 ? [`there are ${count} processes: ${name}`] : [];
  });
}

/** Returns the names of healer's own processes that run, without clients. */
export function healerProcesses(bed: FaultBed): readonly string[] {
  const { lock, stateDir } = bed.home.paths;
  const { lock: watcherLock, stateDir: watcherDir } = bed.watcherPaths;
  const watcher = bed.watcherPid();
  return bed.home.survivors().flatMap(({ pid }) => {
    const files = openFiles(pid);
    const name = nameOf(pid);
    const isOfWatcher = parentOf(pid) === watcher || files.some((file) => file.startsWith(watcherDir));
    const side = isOfWatcher ? 'of the watcher' : 'of the engine';
    if (name === 'healer-keeper' || name === 'healer-courier') return [`${name} ${side}`];
    if (files.includes(watcherLock)) return ['watcher'];
    return files.includes(lock) && files.some((file) => file.startsWith(stateDir)) ? ['engine'] : [];
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
