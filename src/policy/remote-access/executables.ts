import type { ProcessSpecInput } from '../../protocol/process-spec.ts';
import { launchProblem, piecesOf } from './command-words.ts';
import { isEnv, isInterpreter, isLauncher } from './interpreters.ts';
import { surroundingsProblem } from './surroundings.ts';

/** What a word of a command line comes to on this machine. */
export interface ExecutableFacts {
  /** As it was found: an absolute path. */
  readonly path: string;
  /** Without any symbolic link. */
  readonly realPath: string;
  /** Who but root and the engine's own user could put another program in its place; null when nobody could. */
  readonly replaceableBy: string | null;
  /** Of a script: the files that its first line names, by every path that they have. */
  readonly runBy: readonly string[];
  /** The interpreter of the system that is the same file under another name, or has the same content; null for none. */
  readonly copyOf: () => string | null;
}

/** Null for what is no executable file. */
type Find = (word: string) => ExecutableFacts | null;

export interface ExecutableRules {
  /** Globs of `*` and `**`. Empty: nothing may be registered. */
  readonly whitelist: readonly string[];
  readonly blacklist: readonly string[];
  readonly matches: (pattern: string, path: string, options: { readonly ignoresCase: boolean }) => boolean;
}

/** The shell of `shell: true`. */
const SHELL = '/bin/sh';
/** More words than a command line of a person has; beyond them nobody knows what they name. */
const MOST_WORDS = 2_000;
/** The kernel's own bound of one argument. */
const MOST_CHARACTERS = 128 * 1024;

interface CommandLine {
  readonly role: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** What a definition would execute: its program, and the command of its health check. */
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
 * Why somebody elsewhere may not have this machine execute a definition; null when they may (SPEC section 12).
 * @param find what a word comes to; asked only for what has to be known, since each question costs a look at the disk
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
    return `"${command}" is relative to a folder; write its whole path`;
  }
  const found = find(command);
  if (found === null) return `"${command}" is no executable file`;
  return fileProblem(found, rules) ?? argumentProblem(found, args, find, rules);
}

function argumentProblem(
  program: ExecutableFacts,
  args: readonly string[],
  find: Find,
  rules: ExecutableRules,
): string | null {
  const words = isExaminable(args) ? new Set(args.flatMap(piecesOf)) : null;
  if (words === null || words.size > MOST_WORDS) return 'its arguments are more than can be examined';
  const starts = namesOf(program).some(isLauncher);
  // A bare word is a command only to those who start one; a path to an interpreter is one to anybody.
  const named = [...words].flatMap((word) => (starts || word.includes('/') ? (find(word) ?? []) : []));
  for (const file of starts ? named : named.filter(executesOthers)) {
    const problem = fileProblem(file, rules);
    if (problem !== null) return `its arguments name another program: ${problem}`;
  }
  const problem = starts ? launchProblem(args, [program, ...named].flatMap(namesOf).some(isEnv)) : null;
  return problem === null ? null : `its arguments cannot be judged: ${problem}`;
}

function isExaminable(args: readonly string[]): boolean {
  const characters = args.reduce((sum, { length }) => sum + length, 0);
  return args.length <= MOST_WORDS && characters <= MOST_CHARACTERS;
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
  return `"${realPath}"${because} executes what it is told to, so the whitelist has to name it exactly`;
}

function executesOthers(file: ExecutableFacts): boolean {
  return namesOf(file).some(isInterpreter);
}

function namesOf({ path, realPath }: ExecutableFacts): readonly string[] {
  return [path, realPath];
}
