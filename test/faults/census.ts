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
    const [, script = '', ownTag, id = '', role, part = ''] = commandLineOf(pid);
    if (ownTag !== tag || !script.endsWith('/subject.pl')) return [];
    const stat = readProcStat(pid);
    if (stat === null || isDead(stat)) return [];
    return [{ pid, id, part: role === 'helper' ? part : 'main' }];
  });
}

function commandLineOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
