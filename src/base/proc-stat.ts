import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import type { ExactIdentity } from './process-identity.ts';
import { descriptors } from './descriptors.ts';
import { codeOf } from './thrown.ts';

/**
 * The unit of `cpuTicks` and `startTicks`. The kernel reports 100 ticks per second on every architecture that Node
 * supports, regardless of its internal tick (USER_HZ in include/asm-generic/param.h).
 */
export const CLOCK_TICKS_PER_SECOND = 100;

/** From linux/auxvec.h: the key of the page size in the auxiliary vector. */
const AT_PAGESZ = 6n;
const COMMON_PAGE_BYTES = 4096;

/** The unit of `rssPages`: 4096 on x64, up to 65,536 on some arm64 kernels. */
export const PAGE_BYTES = /* @__PURE__ */ readPageBytes();

/** A stat line has about 350 bytes; with every field at its maximum it is still shorter than this. */
export const STAT_BUFFER_BYTES = 2048;

const OPEN = 0x28;
const CLOSE = 0x29;
const SPACE = 0x20;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** The fields of /proc/PID/stat that healer uses. See proc_pid_stat(5). */
export interface ProcStat extends ExactIdentity {
  /** At most 15 bytes, set by the process itself: it may contain any character. */
  readonly name: string;
  /** One letter: R, S, D, T, Z, … */
  readonly state: string;
  readonly parentPid: number;
  readonly groupId: number;
  readonly sessionId: number;
  /** CPU time of its own threads, in user and kernel mode. */
  readonly cpuTicks: number;
  /** CPU time of its reaped children and their descendants. */
  readonly waitedTicks: number;
  readonly rssPages: number;
  readonly threads: number;
}

/** Parses the first `length` bytes of a buffer with the contents of a stat file; returns null for an incomplete line. */
export function parseProcStat(buffer: Buffer, length: number): ProcStat | null {
  const open = buffer.indexOf(OPEN);
  // The name may contain parentheses and spaces, but no later field can, so it ends at the last parenthesis.
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

/** Returns whether no thread of the process runs: a zombie main thread may leave other threads running. */
export function isDead(stat: ProcStat): boolean {
  return (stat.state === 'Z' || stat.state === 'X') && stat.threads <= 1;
}

/** Returns whether a known process is still running; its pid may have been reused. Reads /proc. */
export function isStillAlive({ pid, startTicks }: ExactIdentity): boolean {
  const stat = readProcStat(pid);
  return stat !== null && stat.startTicks === startTicks && !isDead(stat);
}

/** Reads numbers that are separated by single spaces, without allocating strings. */
class FieldCursor {
  readonly #buffer: Buffer;
  readonly #end: number;
  #at: number;

  constructor(buffer: Buffer, start: number, end: number) {
    this.#buffer = buffer;
    this.#at = start;
    this.#end = end;
  }

  /** Returns NaN unless the field is a number followed by a space or line end, so a truncated line is detected. */
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
 * Reads /proc/PID/stat; returns null if the process has exited or is hidden from this user.
 *
 * @throws Error if memory, or all descriptors including the reserve, are exhausted: a shortage here must not look like an
 *   exited process
 */
export function readProcStat(pid: number): ProcStat | null {
  return descriptors.withReserve(() => openAndRead(pid));
}

function openAndRead(pid: number): ProcStat | null {
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

/** ENOENT: no such process; ESRCH: it exited while its file was open; the others occur with `hidepid`. */
const GONE_CODES = new Set<string | undefined>(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

/** Returns whether reading a file of a process failed because the process has exited or is hidden. */
export function isGone(error: unknown): boolean {
  return GONE_CODES.has(codeOf(error) ?? '');
}

/** Lists the pids of all visible processes, in no particular order; empty without /proc. */
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
    return descriptors.withReserve(() => readdirSync('/proc'));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** Reads the boot id, which differs for every boot; empty if the platform has none. */
export function readBootId(): string {
  try {
    return descriptors.withReserve(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim());
  } catch (error) {
    if (isGone(error)) return '';
    throw error;
  }
}

/** Reads the page size from the auxiliary vector, a list of pairs of 64-bit words, without running getconf(1). */
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
