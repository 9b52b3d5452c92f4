import { closeSync, constants, fstatSync, openSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ProcessIdentity } from '../../../base/process-identity.ts';
import { listPids, readProcStat } from '../../../base/proc-stat.ts';
import { codeOf } from '../../../base/thrown.ts';
import { openFifo } from './run-pipes.ts';

/** Returns whether any process has the FIFO open: otherwise, the kernel has dropped what was in it. */
export function isHeldFifo(path: string): boolean {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW));
    return true;
  } catch (error) {
    const code = codeOf(error);
    return code !== 'ENXIO' && code !== 'ENOENT';
  }
}

/** The suffix that the kernel adds to the path of an unlinked file. */
const REMOVED = ' (deleted)';
/** The folder of the instance and the file of the run: the part of a path that stays when the runtime folder is moved. */
const OWN_PARTS = 2;
const OUTPUTS = ['1', '2'];

/**
 * Opens a FIFO by its path or, if it was unlinked, through a process that has it open: the program keeps writing to it,
 * and blocks once it is full.
 * @throws the error of opening the path if no process has it open
 */
export function openHeldFifo(path: string, holders: readonly ProcessIdentity[]): number {
  try {
    return openNamed(path);
  } catch (error) {
    const fd = openThrough(path, holders);
    if (fd === null) throw error;
    return fd;
  }
}

/**
 * Like `openHeldFifo`, but as a last resort opens it through any process that has it as stdout or stderr.
 * @throws the error of opening the path if no process has it open
 */
export function openFifoOfAnyWriter(path: string, holders: readonly ProcessIdentity[]): number {
  try {
    return openHeldFifo(path, holders);
  } catch (error) {
    const fd = openOutputOfAnyProcess(path);
    if (fd === null) throw error;
    return fd;
  }
}

function openOutputOfAnyProcess(named: string): number | null {
  const path = withoutLinks(named);
  for (const pid of listPids()) {
    const fd = openIn(pid, OUTPUTS, (target) => target === path || target === path + REMOVED);
    if (fd !== null) return fd;
  }
  return null;
}

/** The folder may be a link to one in memory, whose path the kernel shows. */
function withoutLinks(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}

function openNamed(path: string): number {
  const fd = openFifo(path);
  if (fstatSync(fd).isFIFO()) return fd;
  closeSync(fd);
  throw new Error(`"${path}" is not a pipe`);
}

function openThrough(path: string, holders: readonly ProcessIdentity[]): number | null {
  const own = ownParts(path);
  for (const { pid, startTicks } of holders) {
    const fd = openIn(pid, fdsOf(pid), (target) => ownParts(withoutMark(target)) === own);
    if (fd === null) continue;
    // Checked after opening, when the pid can no longer have been reused unnoticed.
    if (startTicks === null || readProcStat(pid)?.startTicks === startTicks) return fd;
    closeSync(fd);
  }
  return null;
}

function openIn(pid: number, fds: readonly string[], isMeant: (target: string) => boolean): number | null {
  for (const held of fds) {
    const link = `/proc/${String(pid)}/fd/${held}`;
    if (!isMeant(targetOf(link))) continue;
    const fd = tryOpen(link);
    if (fd !== null) return fd;
  }
  return null;
}

/** Opens the link, which refers to the open file itself, regardless of its path. */
function tryOpen(link: string): number | null {
  try {
    const fd = openSync(link, constants.O_RDWR | constants.O_NONBLOCK);
    if (fstatSync(fd).isFIFO()) return fd;
    closeSync(fd);
  } catch {
    // Closed in the meantime, or not permitted.
  }
  return null;
}

function fdsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${String(pid)}/fd`);
  } catch {
    return [];
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

function withoutMark(target: string): string {
  return target.endsWith(REMOVED) ? target.slice(0, -REMOVED.length) : target;
}

function ownParts(path: string): string {
  return path.split('/').slice(-OWN_PARTS).join('/');
}
