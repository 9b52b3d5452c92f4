import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { isDead, listPids, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import type { ProcessTable, ReadProcessTable } from './process-table.ts';
import { MARK_VARIABLE } from './run-mark.ts';

/** The program that somebody may have started already. */
export interface DuplicateQuery {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly uid: number;
}

export type FindDuplicates = (query: DuplicateQuery) => readonly ProcStat[];

/** How old the list of names may be: programs that start together share one reading of /proc. */
const NAMES_AGE_MS = 1_000;
const TABLE_AGE_MS = 100;
/** More than one is too many to choose from already; so many are named. */
const MOST_TWINS = 10;

/** Programs whose name says nothing of what runs: their arguments and folder have to be the same as well. */
const INTERPRETER =
  /^(node|nodejs|deno|bun|npm|npx|yarn|pnpm|python|pypy|perl|ruby|php|lua|luajit|tclsh|wish|Rscript|java|mono|dotnet|bash|sh|dash|zsh|fish|ksh|ash|csh|tcsh|busybox|env|nohup|sudo|su|nice|setsid|time|timeout|xargs|watch|tail|sleep|cat|make)[\d.]*$/;

/** Titles that healer gives its own processes. */
const OWN_TITLE = /^healer(-collector)?$/;

/**
 * Finds running processes that are the same program by name: the executable's or argv[0]'s basename equals that of the
 * command, never a part of it. Of a tree of them (a browser, a server with workers) the root stands for all. Left
 * out are healer's own processes, what any healer started, the engine's ancestors, kernel threads, the dead, other
 * users' processes and other containers'.
 * @param isMain whether a pid is the main process of a program already
 */
export function createDuplicateFinder(
  now: () => number,
  readTable: ReadProcessTable,
  isMain: (pid: number) => boolean,
): FindDuplicates {
  let census: Census | null = null;
  let readAt = 0;
  return (query) => {
    if (census === null || now() - readAt > NAMES_AGE_MS) {
      census = readCensus();
      readAt = now();
    }
    const { named, traitsOf } = census;
    // Those of our own that were started since: a hundred starts of one executable must not look at each other.
    const pids = named(basename(query.argv[0] ?? '')).filter((pid) => !isMain(pid));
    if (pids.length === 0) return [];
    const table = readTable(TABLE_AGE_MS);
    const own = new Set(lineage(table, process.pid));
    const candidates = pids.filter((pid) => !own.has(pid) && isDuplicate(pid, traitsOf(pid), query));
    const roots = rootsAmong(table, candidates).filter((pid) => !lineage(table, pid).some(isMain));
    return roots
      .slice(0, MOST_TWINS)
      .filter((pid) => isDuplicate(pid, readTraits(pid), query))
      .map((pid) => readProcStat(pid))
      .filter((stat) => stat !== null)
      .filter((stat) => !isDead(stat));
  };
}

/** What is known of the machine's processes for a moment: many programs ask the same of the same ones. */
interface Census {
  readonly named: (name: string) => readonly number[];
  readonly traitsOf: (pid: number) => Traits;
}

/** What of a process tells whether it is a duplicate. */
interface Traits {
  readonly names: ReadonlySet<string>;
  readonly words: readonly string[];
  /** Started by nobody's healer, in this container, and its environment says so. */
  readonly isFree: boolean;
  /** Real and effective; different ones belong to a program that took on other rights, which is nobody's to take over. */
  readonly uids: readonly [real: number, effective: number];
}

function readCensus(): Census {
  const byName = new Map<string, number[]>();
  for (const pid of listPids()) {
    for (const name of namesOf(pid)) byName.set(name, [...(byName.get(name) ?? []), pid]);
  }
  const traits = new Map<number, Traits>();
  return {
    named: (name) => byName.get(name) ?? [],
    traitsOf: (pid) => {
      const known = traits.get(pid) ?? readTraits(pid);
      traits.set(pid, known);
      return known;
    },
  };
}

function readTraits(pid: number): Traits {
  const [, real, effective] = /^Uid:\s*(\d+)\s+(\d+)/m.exec(readText(pid, 'status')) ?? [];
  return {
    names: namesOf(pid),
    words: readWords(pid, 'cmdline'),
    isFree: hasNoMark(pid) && readLink(pid, 'ns/pid') === readLink(process.pid, 'ns/pid'),
    uids: [Number(real), Number(effective)],
  };
}

/** An environment that cannot be read could hold a mark. */
function hasNoMark(pid: number): boolean {
  const environment = readWords(pid, 'environ');
  return environment.length > 0 && !environment.some((pair) => pair.startsWith(`${MARK_VARIABLE}=`));
}

/** None for kernel threads and for processes that are not ours to look at: they have no executable for us. */
function namesOf(pid: number): ReadonlySet<string> {
  const executable = readLink(pid, 'exe');
  if (executable === null) return new Set();
  const [title = ''] = readWords(pid, 'cmdline');
  return new Set([basename(executable.replace(/ \(deleted\)$/, '')), basename(title)].filter(Boolean));
}

function isDuplicate(pid: number, { names, words, isFree, uids }: Traits, query: DuplicateQuery): boolean {
  const name = basename(query.argv[0] ?? '');
  if (!isFree || !names.has(name) || OWN_TITLE.test(words[0] ?? '')) return false;
  if (uids.some((uid) => uid !== query.uid)) return false;
  return !INTERPRETER.test(name) || hasSameWork(pid, words, query);
}

function hasSameWork(pid: number, words: readonly string[], { argv, cwd }: DuplicateQuery): boolean {
  const isSameLine = words.length === argv.length && words.slice(1).every((word, index) => word === argv[index + 1]);
  return isSameLine && argv.length > 1 && readLink(pid, 'cwd') === cwd;
}

function rootsAmong(table: ProcessTable, pids: readonly number[]): number[] {
  const all = new Set(pids);
  return pids.filter(
    (pid) =>
      !lineage(table, pid)
        .slice(1)
        .some((ancestor) => all.has(ancestor)),
  );
}

/** The process, its parent, and so on. */
function lineage(table: ProcessTable, pid: number): number[] {
  const line: number[] = [];
  for (let at = table.get(pid); at !== undefined && line.length < 1_000; at = table.get(at.parentPid))
    line.push(at.pid);
  return line;
}

function readWords(pid: number, file: 'cmdline' | 'environ'): string[] {
  return readText(pid, file)
    .replace(/\0+$/, '')
    .split('\0')
    .filter((_, index, all) => all.length > 1 || all[index] !== '');
}

function readText(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function readLink(pid: number, file: string): string | null {
  try {
    return readlinkSync(`/proc/${String(pid)}/${file}`);
  } catch {
    return null;
  }
}
