import { readFileSync } from 'node:fs';
import { descriptors } from '../../base/descriptors.ts';
import { isGone, PAGE_BYTES } from '../../base/proc-stat.ts';
import type { AnonymousReading, KnownProcess } from './known-process.ts';

const KB_PER_MB = 2 ** 10;
/** A change of resident memory by less than this does not matter to a trend: 1 MB, and 1/64 of what the process uses. */
const LEAST_CHANGE_PAGES = 2 ** 20 / PAGE_BYTES;
const LEAST_CHANGE_SHARE = 1 / 64;
/** A process whose resident memory does not change is read again after this many samples: pages may be swapped. */
const READ_AGAIN_SAMPLES = 60;

/**
 * Returns the anonymous memory and swap of a process in MB: what it allocated, without mapped files and shared memory. The
 * status file is read when resident memory has changed, so that an idle process costs nothing. Null if the file cannot be
 * read.
 */
export function anonymousMbOf(process: KnownProcess): number | null {
  const { anonymous, stat } = process;
  if (anonymous !== undefined && !isOutdated(anonymous, stat.rssPages)) {
    anonymous.samplesLeft--;
    return anonymous.mb;
  }
  const kb = readAnonymousKb(stat.pid);
  if (kb === null) return null;
  const isFirst = anonymous === undefined;
  // The first interval is shortened by the pid, so that programs started together are not read together.
  const samplesLeft = isFirst ? stat.pid % READ_AGAIN_SAMPLES : READ_AGAIN_SAMPLES;
  process.anonymous = { mb: kb / KB_PER_MB, atRssPages: stat.rssPages, samplesLeft };
  return process.anonymous.mb;
}

function isOutdated({ atRssPages, samplesLeft }: AnonymousReading, rssPages: number): boolean {
  const change = Math.abs(rssPages - atRssPages);
  return samplesLeft <= 0 || change > Math.max(LEAST_CHANGE_PAGES, atRssPages * LEAST_CHANGE_SHARE);
}

function readAnonymousKb(pid: number): number | null {
  try {
    const status = descriptors.withReserve(() => readFileSync(`/proc/${String(pid)}/status`, 'latin1'));
    const anonymous = kbOf(status, 'RssAnon');
    return anonymous === null ? null : anonymous + (kbOf(status, 'VmSwap') ?? 0);
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** Returns a field of a status file; null if it is absent, as in a kernel thread or a zombie. */
function kbOf(status: string, field: string): number | null {
  const at = status.indexOf(`\n${field}:`);
  if (at === -1) return null;
  const kb = Number.parseInt(status.slice(at + field.length + 2, at + field.length + 22), 10);
  return Number.isFinite(kb) ? kb : null;
}
