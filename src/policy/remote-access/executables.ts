import type { ProcessSpecInput } from '../../protocol/process-spec.ts';
import { launchProblem, piecesOf } from './command-words.ts';
import { isEnv, isInterpreter, isLauncher } from './interpreters.ts';
import { surroundingsProblem } from './surroundings.ts';

/** The file that a word of a command line refers to on this machine. */
export interface ExecutableFacts {
  /** The absolute path where it was found. */
  readonly path: string;
  /** The path with symbolic links resolved. */
  readonly realPath: string;
  /** Who, apart from root and the engine's user, could replace it; null if only they could. */
  readonly replaceableBy: string | null;
  /** For a script: all paths of the files that its first line names. */
  readonly runBy: readonly string[];
  /** Returns the system interpreter that is the same file, or has the same content; null for none. */
  readonly copyOf: () => string | null;
}

/** Finds the file of a word; null if it is not an executable file. */
type Find = (word: string) => ExecutableFacts | null;

export interface ExecutableRules {
  /** Globs with `*` and `**`. If empty, nothing may be registered. */
  readonly whitelist: readonly string[];
  readonly blacklist: readonly string[];
  readonly matches: (pattern: string, path: string, options: { readonly ignoresCase: boolean }) => boolean;
}

/** The shell of `shell: true`. */
const SHELL = '/bin/sh';
/** Command lines with more words cannot be examined. */
const MAX_WORDS = 2_000;
/** The kernel's limit for one argument. */
const MAX_CHARACTERS = 128 * 1024;

interface CommandLine {
  readonly role: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** Returns the command lines that a definition would execute: its program and its health check. */
function commandLinesOf(definition: ProcessSpecInput): readonly CommandLine[] {
  const { command, args = [], shell = false, health } = definition;
  const texts = args.map(String);
  const own = shell ? { command: SHELL, args: [] } : { command, args: texts };
  const check = health?.check;
  return [
    { role: 'the program', ...own },
    ...(check?.type === 'exec'
      ? [{ role: 'the health check', command: check.command, args: (check.args ?? []).map(String) }]
      : []),
  ];
}

/**
 * Returns why a remote caller may not have this machine execute a definition; null if it may. docs/security.md explains
 * the rules.
 *
 * @param find finds the file of a word; called as little as possible, because each call reads the disk
 */
export function executionProblem(definition: ProcessSpecInput, find: Find, rules: ExecutableRules): string | null {
  const aside = surroundingsProblem(definition);
  if (aside !== null) return aside;
  for (const line of commandLinesOf(definition)) {
    const problem = lineProblem(line, find, rules);
    if (problem !== null) return `${line.role} may not be executed: ${problem}`;
  }
  return null;
}

function lineProblem({ command, args }: CommandLine, find: Find, rules: ExecutableRules): string | null {
  if (command.includes('/') && !command.startsWith('/')) {
    return `"${command}" is a relative path; use an absolute path`;
  }
  const found = find(command);
  if (found === null) return `"${command}" is not an executable file`;
  return fileProblem(found, rules) ?? argumentProblem(found, args, find, rules);
}

function argumentProblem(
  program: ExecutableFacts,
  args: readonly string[],
  find: Find,
  rules: ExecutableRules,
): string | null {
  const words = isExaminable(args) ? new Set(args.flatMap(piecesOf)) : null;
  if (words === null || words.size > MAX_WORDS) return 'it has too many arguments to examine';
  const starts = namesOf(program).some(isLauncher);
  // A bare word is a command only for programs that start one; a path to an interpreter is one for every program.
  const named = [...words].flatMap((word) => (starts || word.includes('/') ? (find(word) ?? []) : []));
  for (const file of starts ? named : named.filter(executesOthers)) {
    const problem = fileProblem(file, rules);
    if (problem !== null) return `its arguments name another program: ${problem}`;
  }
  const problem = starts ? launchProblem(args, [program, ...named].flatMap(namesOf).some(isEnv)) : null;
  return problem === null ? null : `its arguments cannot be checked: ${problem}`;
}

function isExaminable(args: readonly string[]): boolean {
  const characters = args.reduce((sum, { length }) => sum + length, 0);
  return args.length <= MAX_WORDS && characters <= MAX_CHARACTERS;
}

function fileProblem(file: ExecutableFacts, { whitelist, blacklist, matches }: ExecutableRules): string | null {
  const { path, realPath, replaceableBy, runBy } = file;
  const forbidden = [realPath, path, ...runBy].find((each) =>
    blacklist.some((pattern) => matches(pattern, each, { ignoresCase: true })),
  );
  if (forbidden !== undefined) {
    return `"${forbidden === path ? realPath : forbidden}" is on the blacklist`;
  }
  if (!whitelist.includes(realPath)) {
    if (executesOthers(file)) return toBeNamed(realPath, '');
    const isListed = whitelist.some((pattern) => matches(pattern, realPath, { ignoresCase: false }));
    if (!isListed) return `"${realPath}" is not on the whitelist`;
    const duplicate = file.copyOf();
    if (duplicate !== null) return toBeNamed(realPath, ` is the same as "${duplicate}", which`);
  }
  return replaceableBy === null ? null : `"${realPath}" could be replaced by ${replaceableBy}`;
}

function toBeNamed(realPath: string, because: string): string {
  return `"${realPath}"${because} can execute any command, so the whitelist must list its exact path`;
}

function executesOthers(file: ExecutableFacts): boolean {
  return namesOf(file).some(isInterpreter);
}

function namesOf({ path, realPath }: ExecutableFacts): readonly string[] {
  return [path, realPath];
}
