import { readdirSync, readFileSync } from 'node:fs';
import type { FaultBed } from '../bed.ts';
import { SUBJECTS } from '../catalog.ts';

const ENGINE_MB = 350;
const COLLECTOR_MB = 200;
/** Two pipes for each run, with a reserve for files, sockets and suspended clients. */
const DESCRIPTORS = 60 + 8 * SUBJECTS.length;

/** The memory and the descriptors of healer's processes stay within bounds. */
export function resourceProblems(bed: FaultBed): readonly string[] {
  return [
    ...problemsOf('the engine', bed.enginePid(), ENGINE_MB),
    ...problemsOf('the log collector', bed.collectorPid(), COLLECTOR_MB),
  ];
}

function problemsOf(what: string, pid: number, maxMb: number): readonly string[] {
  try {
    const rssKb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    const open = readdirSync(`/proc/${pid}/fd`).length;
    return [
      ...(rssKb / 1024 > maxMb ? [`${what} uses ${Math.round(rssKb / 1024)} MB`] : []),
      ...(open > DESCRIPTORS ? [`${what} has ${open} open descriptors`] : []),
    ];
  } catch {
    return [];
  }
}
