import { readFile } from 'node:fs/promises';
import { isGone } from '../../base/proc-stat.ts';

const BYTES_PER_KB = 1024;

/** The memory of a set of processes, with shared pages counted once. */
export interface ProportionalMemory {
  readonly bytes: number;
  /** Whether the PSS of a process could not be read and was replaced by an estimate. */
  readonly isEstimate: boolean;
}

interface Resident {
  readonly anonymousKb: number;
  readonly sharedKb: number;
}

/**
 * Adds up the PSS of processes, outside of the main thread, because the kernel walks all their pages. The file belongs to
 * the user of the process, and to root if the process changed its user; where the engine may not read it, or the kernel
 * does not have it, the anonymous memory of such processes counts, and the largest of their shared parts once.
 */
export async function readProportionalMemory(pids: Iterable<number>): Promise<ProportionalMemory> {
  let bytes = 0;
  let sharedKb = 0;
  let isEstimate = false;
  // One after the other, because the threads are needed for files as well.
  for (const pid of pids) {
    const pssKb = await readPssKb(pid);
    if (pssKb !== null) {
      bytes += pssKb * BYTES_PER_KB;
      continue;
    }
    const resident = await readResident(pid);
    if (resident === null) continue;
    isEstimate = true;
    bytes += resident.anonymousKb * BYTES_PER_KB;
    sharedKb = Math.max(sharedKb, resident.sharedKb);
  }
  return { bytes: bytes + sharedKb * BYTES_PER_KB, isEstimate };
}

/** Returns null if the process has exited, or the file cannot be read. */
async function readPssKb(pid: number): Promise<number | null> {
  const text = await readProcessFile(pid, 'smaps_rollup');
  return text === null ? null : fieldOf(text, 'Pss');
}

/** Returns null if the process has exited. Every user can read this file. */
async function readResident(pid: number): Promise<Resident | null> {
  const text = await readProcessFile(pid, 'status');
  const anonymousKb = text === null ? null : fieldOf(text, 'RssAnon');
  if (text === null || anonymousKb === null) return null;
  return { anonymousKb, sharedKb: (fieldOf(text, 'RssFile') ?? 0) + (fieldOf(text, 'RssShmem') ?? 0) };
}

async function readProcessFile(pid: number, name: string): Promise<string | null> {
  try {
    return await readFile(`/proc/${String(pid)}/${name}`, 'latin1');
  } catch (error) {
    if (isGone(error) || isRefused(error)) return null;
    throw error;
  }
}

function isRefused(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM';
}

function fieldOf(text: string, name: string): number | null {
  const kb = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
  return kb === undefined ? null : Number(kb);
}
