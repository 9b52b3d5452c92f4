import { closeSync, constants, fstatSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import type { ProcessIdentity } from '../../../base/process-identity.ts';
import { listPids, readProcStat } from '../../../base/proc-stat.ts';
import { openFifo } from './run-pipes.ts';

/** The kernel's words for a file without a name. */
const REMOVED = ' (deleted)';
/** The instance's folder and the run's file: what is left of a path when its folder was moved aside. */
const OWN_PARTS = 2;
const OUTPUTS = ['1', '2'];

/**
 * Opens a FIFO by its name or, when somebody took the name away, through a process that has it open: a program goes on
 * writing into it, and waits once it is full.
 * @throws the error of opening it by name when it is nowhere to be found
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
 * As above, and as the last resort through whoever writes into it as its output.
 * @throws as above
 */
export function openFifoOfAnybody(path: string, holders: readonly ProcessIdentity[]): number {
  try {
    return openHeldFifo(path, holders);
  } catch (error) {
    const fd = openOutputOfAnybody(path);
    if (fd === null) throw error;
    return fd;
  }
}

function openOutputOfAnybody(path: string): number | null {
  for (const pid of listPids()) {
    const fd = openIn(pid, OUTPUTS, (target) => target === path || target === path + REMOVED);
    if (fd !== null) return fd;
  }
  return null;
}

function openNamed(path: string): number {
  const fd = openFifo(path);
  if (fstatSync(fd).isFIFO()) return fd;
  closeSync(fd);
  throw new Error(`"${path}" is no pipe`);
}

function openThrough(path: string, holders: readonly ProcessIdentity[]): number | null {
  const own = ownParts(path);
  for (const { pid, startTicks } of holders) {
    const fd = openIn(pid, fdsOf(pid), (target) => ownParts(withoutMark(target)) === own);
    if (fd === null) continue;
    // Looked at after opening: the pid was not somebody else's then.
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

/** The link leads to the open file itself, whatever its name says. */
function tryOpen(link: string): number | null {
  try {
    const fd = openSync(link, constants.O_RDWR | constants.O_NONBLOCK);
    if (fstatSync(fd).isFIFO()) return fd;
    closeSync(fd);
  } catch {
    // Closed meanwhile, or not ours to open.
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
