import { readFileSync } from 'node:fs';

/** A resource limit of a process; Infinity for none. */
export interface ProcessLimit {
  readonly soft: number;
  readonly hard: number;
}

/** Reads a limit from /proc/PID/limits; null if it cannot be read. */
export function readProcessLimit(pid: number | 'self', name: 'Max open files' | 'Max processes'): ProcessLimit | null {
  try {
    const text = readFileSync(`/proc/${String(pid)}/limits`, 'latin1');
    const [, soft, hard] = new RegExp(`^${name}\\s+(\\S+)\\s+(\\S+)`, 'm').exec(text) ?? [];
    return { soft: limitOf(soft), hard: limitOf(hard) };
  } catch {
    return null;
  }
}

function limitOf(word: string | undefined): number {
  return word === 'unlimited' ? Infinity : Number(word);
}
