import { readFileSync } from 'node:fs';
import { isDead, listPids, readProcStat } from '../../src/base/proc-stat.ts';

/** A living process of a subject, as its own command line names it. */
export interface CensusEntry {
  readonly pid: number;
  readonly id: string;
  /** `main`, or the part that a helper process plays. */
  readonly part: string;
}

/**
 * Returns the living processes of the subjects with this tag, whatever healer knows of them. A process between fork and
 * exec still has another command line and is not listed.
 */
export function takeCensus(tag: string): readonly CensusEntry[] {
  return listPids().flatMap((pid) => {
    const [name, ownTag, id = '', part = ''] = commandLineOf(pid).split(' ');
    if (name !== 'subject' || ownTag !== tag) return [];
    const stat = readProcStat(pid);
    return stat === null || isDead(stat) ? [] : [{ pid, id, part }];
  });
}

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}
