import { readFileSync } from 'node:fs';
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
  return bed.home.survivors().flatMap(({ pid }) => {
    const files = openFiles(pid);
    const name = nameOf(pid);
    const side = files.some((file) => file.startsWith(watcherDir)) ? 'of the watcher' : 'of the engine';
    if (name === 'healer-keeper' || name === 'healer-courier') return [`${name} ${side}`];
    if (files.includes(watcherLock)) return ['watcher'];
    return files.includes(lock) && files.some((file) => file.startsWith(stateDir)) ? ['engine'] : [];
  });
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}
