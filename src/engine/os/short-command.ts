import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { ProcStat } from '../../base/proc-stat.ts';

const MAX_WORDS = 3;
const MAX_CHARS = 60;

/**
 * Returns the command of a process as events name it, e.g. `sleep 1000` or `node worker.js`. It ends before the first
 * option or assignment, because these may contain secrets. Returns the name of a process whose command line is not readable.
 */
export function shortCommand({ pid, name }: Pick<ProcStat, 'pid' | 'name'>): string {
  const [program, ...words] = readCommandLine(pid);
  if (program === undefined || program === '') return name;
  const end = words.findIndex((word) => word.startsWith('-') || word.includes('=') || /\s/.test(word));
  const shown = [basename(program), ...words.slice(0, end === -1 ? MAX_WORDS : Math.min(end, MAX_WORDS))];
  return shown.join(' ').slice(0, MAX_CHARS);
}

function readCommandLine(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8')
      .replace(/\0+$/, '')
      .split('\0');
  } catch {
    return [];
  }
}
