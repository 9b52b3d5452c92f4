import type { SpecDraft } from '../draft/imported.ts';
import { readShellLine } from '../draft/shell-line.ts';
import { splitWords } from '../../../base/split-words.ts';

interface MonitProgram {
  /** The command line, without its outer quotes. */
  readonly line: string;
  readonly fields: SpecDraft;
  readonly user: string | number | null;
  readonly group: string | number | null;
  /** From `with timeout 60 seconds`; by default 30 s. */
  readonly timeoutMs: number;
  readonly problem: string | null;
}

/** Parses `start program = "/usr/bin/x -d" as uid www and gid www with timeout 60 seconds`. */
export function readProgram(statement: string): MonitProgram {
  const [, double, single, bare = ''] =
    /^\w+(?:\s+program)?\s*=?\s*(?:"((?:\\[^]|[^"\\])*)"|'([^']*)'|(\S+))/i.exec(statement) ?? [];
  const line = (double?.replace(/\\(["\\])/g, '$1') ?? single ?? bare).trim();
  const account = (name: string): string | number | null => {
    const found = new RegExp(`\\b${name}\\s+["']?([\\w.-]+)`, 'i').exec(
      statement.replace(/"(?:\\[^]|[^"\\])*"/, ''),
    )?.[1];
    return found === undefined ? null : /^\d+$/.test(found) ? Number(found) : found;
  };
  return { line, ...commandOf(line), user: account('uid'), group: account('gid'), timeoutMs: timeoutOf(statement) };
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, ms: 1 };
const TIMEOUT_MS = 30_000;

function timeoutOf(statement: string): number {
  const [, count, unit = 's'] = /\btimeout\s+(\d+)\s*(ms|millisecond|[smh])?/i.exec(statement) ?? [];
  if (count === undefined || Number(count) === 0) return TIMEOUT_MS;
  return Number(count) * (UNIT_MS[unit.toLowerCase().startsWith('milli') ? 'ms' : unit.toLowerCase()] ?? 1000);
}

/** monit splits the line itself and runs no shell; "bash -c '…'" is what people write when they need one. */
function commandOf(line: string): Pick<MonitProgram, 'fields' | 'problem'> {
  const { words, problem } = splitWords(line);
  const [command = '', ...args] = words.map(({ text }) => text);
  if (problem !== null || command === '')
    return { fields: { command: '' }, problem: problem?.message ?? 'it is empty' };
  const script = /(?:^|\/)(?:ba|da)?sh$/.test(command) && args.length === 2 && args[0] === '-c' ? args[1] : undefined;
  if (script !== undefined && /(?:^|\/)sh$/.test(command)) return { fields: readShellLine(script), problem: null };
  return { fields: { command, ...(args.length > 0 && { args }) }, problem: null };
}

/** A script that starts a service, in whatever way. */
const IN_SCRIPT =
  /\b(?:systemctl|initctl|supervisorctl|launchctl|rc-service|invoke-rc\.d)\s+(?:\S+\s+)*?(?:start|restart)\b|\bservice\s+\S+\s+(?:start|restart)\b|\/init\.d\/\S+\s+(?:start|restart)\b/;

/** Returns whether a command only asks a service manager to start a program. */
export function hasServiceManager(line: string): boolean {
  const [, script] = /^(?:\/usr)?\/bin\/(?:ba|da)?sh\s+-c\s+(.*)$/s.exec(line) ?? [];
  if (script !== undefined && IN_SCRIPT.test(script)) return true;
  const command = line.replace(/^(?:\/usr)?\/bin\/sudo\s+/, '');
  return MANAGER.test(command) || STARTER.test(command);
}

const MANAGER =
  /^(?:\/usr)?(?:\/s?bin\/)?(?:systemctl|service|rc-service|invoke-rc\.d|initctl|sv|svc|s6-svc|supervisorctl|launchctl)\s|^(?:\/etc\/(?:rc\.d\/)?init\.d\/|\/etc\/rc\.d\/)\S+\s+\w+/;
/** Upstart has a command `start`; the others start a program in the background too. */
const STARTER =
  /^(?:\/usr)?(?:\/s?bin\/)?start\s+[\w.@-]+$|^(?:\/\S+\/)?(?:pm2|forever|god|docker|podman|lxc-start)\s+(?:-\S+\s+)*(?:start|restart)\b/;
