import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { descriptors } from '../../base/descriptors.ts';
import type { ExitStatus } from '../../protocol/run.ts';

/** The process that dumped core. */
export interface DumpedProcess {
  readonly pid: number;
  /** The folder in which it was started; a relative pattern is resolved in the folder in which it exited. */
  readonly cwd: string;
  /** When it exited, in ms since 1970. */
  readonly atWall: number;
}

/** Where the kernel writes core dumps: the content of `core_pattern` and `core_uses_pid` in /proc/sys/kernel. */
export interface CoreSettings {
  readonly pattern: string;
  readonly usesPid: boolean;
}

/** The handlers that distributions configure, with the place where their dumps are found. */
const HANDLERS: readonly (readonly [handler: RegExp, place: (pid: number) => string])[] = [
  [/systemd-coredump/, (pid) => `coredumpctl info ${String(pid)}`],
  [/apport/, () => '/var/lib/apport/coredump or /var/crash (apport)'],
  [/abrt/, () => 'abrt list (abrt)'],
];

/** A dump is written before the exit is reported; file systems store coarser times. */
const OLDEST_MS = 600_000;

/**
 * Returns where the core dump of a process is: a path, or the command that shows it; null if that is unknown. A path that does
 * not exist (any more) is marked as not found. See core(5): https://man7.org/linux/man-pages/man5/core.5.html
 */
export function locateCoreDump(process: DumpedProcess, settings: CoreSettings | null = readSettings()): string | null {
  if (settings === null || settings.pattern === '') return null;
  const { pattern, usesPid } = settings;
  const { pid, cwd } = process;
  if (pattern.startsWith('|')) {
    const [handler = ''] = pattern.slice(1).trim().split(/\s+/);
    const known = HANDLERS.find(([name]) => name.test(handler));
    return known === undefined ? `passed to ${handler} (kernel.core_pattern)` : known[1](pid);
  }
  const name = usesPid && !/%[pP]/.test(pattern) ? `${pattern}.%p` : pattern;
  const found = findDump(resolve(cwd, name), process);
  return found ?? `${resolve(cwd, name.replaceAll(/%[pP]/g, String(pid)))} (kernel.core_pattern; not found)`;
}

/** Returns the field of an exit that names the core dump, if there is one and its place is known. */
export function coreDumpField(
  cwd: string | null,
  pid: number,
  status: ExitStatus | null,
  atWall: number,
): { readonly coreDump?: string } {
  if (status?.coreDumped !== true) return {};
  const coreDump = locateCoreDump({ pid, cwd: cwd ?? process.cwd(), atWall });
  return coreDump === null ? {} : { coreDump };
}

/** Returns the newest file that fits a pattern. Specifiers that are not known here stand for any text. */
function findDump(pattern: string, { pid, atWall }: DumpedProcess): string | null {
  const folder = dirname(pattern);
  // A specifier in the name of a folder: the folders that exist are not searched.
  if (folder.includes('%')) return null;
  const fits = new RegExp(
    `^${pattern
      .slice(join(folder, '/').length)
      .split(/(%.)/)
      .map((part) => partPattern(part, pid))
      .join('')}$`,
    's',
  );
  const found = listNames(folder).flatMap((name) => {
    const path = join(folder, name);
    const modifiedMs = fits.test(name) ? modifiedAt(path) : null;
    return modifiedMs === null || modifiedMs < atWall - OLDEST_MS ? [] : [{ path, modifiedMs }];
  });
  return found.sort((a, b) => b.modifiedMs - a.modifiedMs)[0]?.path ?? null;
}

function partPattern(part: string, pid: number): string {
  if (part === '%%') return '%';
  if (/^%[pP]$/.test(part)) return String(pid);
  // In another pid namespace, the process has another pid.
  if (/^%[iIugstcd]$/.test(part)) return '\\d+';
  return /^%.$/.test(part) ? '.*' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function listNames(folder: string): readonly string[] {
  try {
    return descriptors.withReserve(() => readdirSync(folder));
  } catch {
    return [];
  }
}

function modifiedAt(path: string): number | null {
  try {
    const stat = statSync(path);
    return stat.isFile() ? stat.mtimeMs : null;
  } catch {
    return null;
  }
}

/** Returns null on other platforms. */
function readSettings(): CoreSettings | null {
  try {
    return descriptors.withReserve(() => ({
      pattern: readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim(),
      usesPid: readFileSync('/proc/sys/kernel/core_uses_pid', 'utf8').trim() === '1',
    }));
  } catch {
    return null;
  }
}
