import { readFileSync } from 'node:fs';
import { isDead, listPids, readProcStat } from '../../src/base/proc-stat.ts';

/** Returns the pids of running processes with this NAME=value in their environment. */
export function markedProcesses(pair: string): number[] {
  return listPids().filter((pid) => {
    const stat = readProcStat(pid);
    return stat !== null && !isDead(stat) && readEnvironment(pid).includes(pair);
  });
}

function readEnvironment(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${String(pid)}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
