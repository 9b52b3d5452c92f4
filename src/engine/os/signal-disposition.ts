import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';

/** What a signal would do to a process. `blocked`: it waits until the process fetches it, as with signalfd(2). */
type Disposition = 'handled' | 'ignored' | 'blocked' | 'default';

/** Signals that do nothing by default. */
const IGNORED_BY_DEFAULT: ReadonlySet<string> = new Set(['SIGCHLD', 'SIGCONT', 'SIGURG', 'SIGWINCH']);

/**
 * Returns what a signal would do to a process, from its masks in /proc/PID/status (see proc_pid_status(5)). Returns null
 * where these are not available.
 */
export function signalDisposition(pid: number, signal: string): Disposition | null {
  const number = (constants.signals as Readonly<Record<string, number>>)[signal];
  const masks = readMasks(`/proc/${String(pid)}/status`);
  if (number === undefined || masks === null) return null;
  const bit = 1n << BigInt(number - 1);
  if ((masks.caught & bit) !== 0n) return 'handled';
  if ((masks.ignored & bit) !== 0n || IGNORED_BY_DEFAULT.has(signal)) return 'ignored';
  return isBlockedEverywhere(pid, bit) ? 'blocked' : 'default';
}

interface Masks {
  readonly caught: bigint;
  readonly ignored: bigint;
  readonly blocked: bigint;
}

function readMasks(file: string): Masks | null {
  try {
    const text = readFileSync(file, 'latin1');
    const mask = (name: string): bigint => {
      const [, digits] = new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'm').exec(text) ?? [];
      if (digits === undefined) throw new Error(`"${file}" has no ${name}`);
      return BigInt(`0x${digits}`);
    };
    return { caught: mask('SigCgt'), ignored: mask('SigIgn'), blocked: mask('SigBlk') };
  } catch {
    return null;
  }
}

/** A signal for the process is delivered to any thread that does not block it. */
function isBlockedEverywhere(pid: number, bit: bigint): boolean {
  try {
    const folder = `/proc/${String(pid)}/task`;
    return readdirSync(folder).every((thread) => {
      const masks = readMasks(`${folder}/${thread}/status`);
      return masks !== null && (masks.blocked & bit) !== 0n;
    });
  } catch {
    return false;
  }
}
