import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { isDead, listPids, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import type { ProcessTable, ReadProcessTable } from './process-table.ts';
import { MARK_VARIABLE } from '../../config/instance/instance-name.ts';

/** A program that may already be running unmanaged. */
export interface DuplicateQuery {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly uid: number;
}

/** Returns the unmanaged processes of the same program. */
export type FindDuplicates = (query: DuplicateQuery) => readonly ProcStat[];

/** How old the list of names may be, so that programs that start together share one reading of /proc. */
const NAMES_AGE_MS = 1_000;
const TABLE_AGE_MS = 100;
/** How many duplicates are reported at most; more than one already prevents an adoption. */
const MAX_DUPLICATES = 10;

/** Programs whose name does not identify what they run: their arguments and working folder must match as well. */
const INTERPRETER =
  /^(node|nodejs|deno|bun|npm|npx|yarn|pnpm|python|pypy|perl|ruby|php|lua|luajit|tclsh|wish|Rscript|java|mono|dotnet|bash|sh|dash|zsh|fish|ksh|ash|csh|tcsh|busybox|env|nohup|sudo|su|nice|setsid|time|timeout|xargs|watch|tail|sleep|cat|make)[\d.]*$/;

/** Titles of healer's own processes. */
const OWN_TITLE = /^healer(-collector)?$/;

/**
 * Returns a function that finds unmanaged processes of the same program: the basename of their executable or argv[0]
 * equals that of the command. Only the root of a process tree, such as a browser or a server with workers, is returned.
 * Excluded are healer's own processes, processes started by any healer, ancestors of the engine, kernel threads, zombies,
 * and processes of other users and containers.
 * @param isMain returns whether a pid is the main process of a program
 * @param namesAgeMs how old the list of names may be
 */
export function createDuplicateFinder(
  now: () => number,
  readTable: ReadProcessTable,
  isMain: (pid: number) => boolean,
  namesAgeMs = NAMES_AGE_MS,
): FindDuplicates {
  let listing: Listing | null = null;
  let readAt = 0;
  return (query) => {
    if (listing === null || now() - readAt > namesAgeMs) {
      listing = readListing();
      readAt = now();
    }
    const { named, traitsOf } = listing;
    // Programs that this engine has started since are excluded, for example when it starts one executable many times.
    const pids = named(basename(query.argv[0] ?? '')).filter((pid) => !isMain(pid));
    if (pids.length === 0) return [];
    const table = readTable(TABLE_AGE_MS);
    const own = new Set(lineage(table, process.pid));
    const candidates = pids.filter((pid) => !own.has(pid) && isDuplicate(pid, traitsOf(pid), query));
    const roots = rootsAmong(table, candidates).filter((pid) => !lineage(table, pid).some(isMain));
    return roots
      .slice(0, MAX_DUPLICATES)
      .filter((pid) => isDuplicate(pid, readTraits(pid), query))
      .map((pid) => readProcStat(pid))
      .filter((stat) => stat !== null)
      .filter((stat) => !isDead(stat));
  };
}

/** The processes of the machine at one moment. Their traits are cached, since many programs query the same processes. */
interface Listing {
  readonly named: (name: string) => readonly number[];
  readonly traitsOf: (pid: number) => Traits;
}

/** The properties that decide whether a process is a duplicate. */
interface Traits {
  readonly names: ReadonlySet<string>;
  readonly words: readonly string[];
  /** Not started by any healer, and in the container of the engine. */
  readonly isFree: boolean;
  /** They differ in a program with changed privileges, which is never adopted. */
  readonly uids: readonly [real: number, effective: number];
}

function readListing(): Listing {
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

/** An environment that cannot be read may contain a mark, so it counts as marked. */
function hasNoMark(pid: number): boolean {
  const environment = readWords(pid, 'environ');
  return environment.length > 0 && !environment.some((pair) => pair.startsWith(`${MARK_VARIABLE}=`));
}

/** Returns the basenames of the executable and of argv[0]. Returns no names for kernel threads and processes that may not be inspected: their executable cannot be read. */
export function namesOf(pid: number): ReadonlySet<string> {
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

/** Returns the pids of a process and its ancestors. */
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
