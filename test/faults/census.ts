import { readFileSync } from 'node:fs';
import { isDead, listPids, readProcStat } from '../../src/base/proc-stat.ts';

/** A running process of a subject, as described by its command line. */
export interface CensusEntry {
  readonly pid: number;
  readonly id: string;
  /** `main`, `check`, or the role of a helper process. */
  readonly part: string;
}

/**
 * Returns the running processes of the subjects with this tag, independently of healer. A process between fork and exec
 * still has another command line and is not listed.
 */
export function takeCensus(tag: string): readonly CensusEntry[] {
  return listPids().flatMap((pid) => {
    const [, script = '', ownTag, id = '', role, part = ''] = commandLineOf(pid);
    if (ownTag !== tag || !script.endsWith('/subject.pl')) return [];
    const stat = readProcStat(pid);
    if (stat === null || isDead(stat)) return [];
    return [{ pid, id, part: partOf(role, part) }];
  });
}

/** A check is a process of its program before it runs a helper too. */
function partOf(role: string | undefined, part: string): string {
  if (role === 'helper') return part;
  return role === 'check' ? 'check' : 'main';
}

function commandLineOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
