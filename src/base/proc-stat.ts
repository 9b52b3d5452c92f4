import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import type { ExactIdentity } from './process-identity.ts';
import { codeOf } from './thrown.ts';

/**
 * The unit of `cpuTicks` and `startTicks`. The kernel tells user space 100 on every architecture that Node runs on,
 * whatever its own tick is (USER_HZ in include/asm-generic/param.h), so nobody needs to be asked.
 */
export const CLOCK_TICKS_PER_SECOND = 100;

/** From linux/auxvec.h: the key under which the kernel hands each program the size of its pages. */
const AT_PAGESZ = 6n;
const COMMON_PAGE_BYTES = 4096;

/** The unit of `rssPages`: 4096 on x64, up to 65,536 on some arm64 kernels. */
export const PAGE_BYTES = readPageBytes();

/** A stat line is about 350 bytes; all fields at their longest stay below this. */
export const STAT_BUFFER_BYTES = 2048;

const OPEN = 0x28;
const CLOSE = 0x29;
const SPACE = 0x20;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** What /proc/PID/stat tells of a process, of its 52 fields those that healer uses. See proc_pid_stat(5). */
export interface ProcStat extends ExactIdentity {
  /** At most 15 bytes, chosen by the process itself: anything may stand in it. */
  readonly name: string;
  /** One letter: R, S, D, T, Z, … */
  readonly state: string;
  readonly parentPid: number;
  readonly groupId: number;
  readonly sessionId: number;
  /** Spent by its own threads, in user and kernel mode. */
  readonly cpuTicks: number;
  /** Spent by children that ended and were waited for, and by theirs. */
  readonly waitedTicks: number;
  readonly rssPages: number;
  readonly threads: number;
}

/** Reads the first `length` bytes of a buffer that was filled from a stat file; null when they are not a whole line. */
export function parseProcStat(buffer: Buffer, length: number): ProcStat | null {
  const open = buffer.indexOf(OPEN);
  // The name may hold parentheses and spaces; no field after it can, so it ends at the last one.
  const close = buffer.lastIndexOf(CLOSE, length - 1);
  if (length === 0 || open < 2 || close < open) return null;
  const pid = new FieldCursor(buffer, 0, open).next();
  const fields = new FieldCursor(buffer, close + 4, length);
  const parentPid = fields.next();
  const groupId = fields.next();
  const sessionId = fields.next();
  fields.skip(7); // tty_nr … cmajflt
  const cpuTicks = fields.next() + fields.next();
  const waitedTicks = fields.next() + fields.next();
  fields.skip(2); // priority, nice
  const threads = fields.next();
  fields.skip(1); // itrealvalue
  const startTicks = fields.next();
  fields.skip(1); // vsize
  const rssPages = fields.next();
  if (Number.isNaN(pid) || Number.isNaN(rssPages)) return null;
  const name = buffer.toString('utf8', open + 1, close);
  const state = String.fromCharCode(buffer[close + 2] ?? SPACE);
  return { pid, name, state, parentPid, groupId, sessionId, cpuTicks, waitedTicks, startTicks, rssPages, threads };
}

/** Whether nothing of the process runs any more. A dead main thread whose other threads go on does not count. */
export function isDead(stat: ProcStat): boolean {
  return (stat.state === 'Z' || stat.state === 'X') && stat.threads <= 1;
}

/** Whether a process that was met before still runs: the pid alone may be another's by now. Reads /proc. */
export function isStillAlive({ pid, startTicks }: ExactIdentity): boolean {
  const stat = readProcStat(pid);
  return stat !== null && stat.startTicks === startTicks && !isDead(stat);
}

/** Walks over numbers that are separated by single spaces, without making a string of any. */
class FieldCursor {
  readonly #buffer: Buffer;
  readonly #end: number;
  #at: number;

  constructor(buffer: Buffer, start: number, end: number) {
    this.#buffer = buffer;
    this.#at = start;
    this.#end = end;
  }

  /** NaN when the field is not a number that a space or line end closes, so that a cut line cannot pass for a whole one. */
  next(): number {
    const isNegative = this.#buffer[this.#at] === MINUS;
    if (isNegative) this.#at++;
    const first = this.#at;
    let value = 0;
    for (; this.#at < this.#end; this.#at++) {
      const byte = this.#buffer[this.#at] ?? SPACE;
      if (byte < ZERO || byte > NINE) break;
      value = value * 10 + byte - ZERO;
    }
    if (this.#at === first || this.#at >= this.#end) return NaN;
    this.#at++;
    return isNegative ? -value : value;
  }

  skip(fields: number): void {
    for (let left = fields; left > 0 && this.#at < this.#end; this.#at++) {
      if (this.#buffer[this.#at] === SPACE) left--;
    }
  }
}

const shared = Buffer.allocUnsafe(STAT_BUFFER_BYTES);

/**
 * What the kernel tells of one process now; null when it is gone or hidden from us.
 *
 * @throws Error when we are out of descriptors or memory: our own want must not pass for the death of a process.
 */
export function readProcStat(pid: number): ProcStat | null {
  let fd: number | undefined;
  try {
    fd = openSync(`/proc/${String(pid)}/stat`, 'r');
    return parseProcStat(shared, readSync(fd, shared, 0, STAT_BUFFER_BYTES, 0));
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** ENOENT when there was no such process, ESRCH when it went while its file was open, the others under `hidepid`. */
const GONE_CODES = new Set<string | undefined>(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

/** Whether reading a file of a process failed because the process is gone, or was never ours to see. */
export function isGone(error: unknown): boolean {
  return GONE_CODES.has(codeOf(error) ?? '');
}

/** Every process that we may see, in no order; empty where there is no /proc. */
export function listPids(): number[] {
  const pids: number[] = [];
  for (const entry of readProcEntries()) {
    const first = entry.charCodeAt(0);
    if (first >= ZERO && first <= NINE) pids.push(Number(entry));
  }
  return pids;
}

function readProcEntries(): string[] {
  try {
    return readdirSync('/proc');
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** Changes at each boot and tells start times of different boots apart; empty where the platform has none. */
export function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch (error) {
    if (isGone(error)) return '';
    throw error;
  }
}

/** The auxiliary vector is a list of pairs of 64-bit words: what sysconf(3) answers from, without running getconf. */
function readPageBytes(): number {
  try {
    const vector = readFileSync('/proc/self/auxv');
    for (let at = 0; at + 16 <= vector.length; at += 16) {
      if (vector.readBigUInt64LE(at) === AT_PAGESZ) return Number(vector.readBigUInt64LE(at + 8));
    }
    return COMMON_PAGE_BYTES;
  } catch {
    return COMMON_PAGE_BYTES;
  }
}
