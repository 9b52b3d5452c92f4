import type { ProcessSpecInput } from '../../protocol/process-spec.ts';
import { isInterpreter, isLauncher } from './interpreters.ts';
import { surroundingsProblem } from './surroundings.ts';

/** What a word of a command line comes to on this machine. */
export interface ExecutableFacts {
  /** As it was found: an absolute path. */
  readonly path: string;
  /** Without any symbolic link. */
  readonly realPath: string;
  /** Who but root and the engine's own user could put another program in its place; null when nobody could. */
  readonly replaceableBy: string | null;
}

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

/** All that has to be looked up before a definition can be judged. */
export function wordsOf(definition: ProcessSpecInput): readonly string[] {
  const lines = commandLinesOf(definition);
  return [...new Set(lines.flatMap(({ command, args }) => [command, ...args.flatMap(piecesOf)]))];
}

/** An argument, and what may be a command inside it: `--shell=/bin/sh`, `-Sbash -c …`. */
function piecesOf(argument: string): readonly string[] {
  const parts = argument.split(/[\s=,;:|&()'"`$]+/).filter((part) => part !== '');
  const afterLetter = parts.filter((part) => /^-[A-Za-z]./.test(part)).map((part) => part.slice(2));
  return [argument, ...parts, ...afterLetter];
}

/**
 * Why somebody elsewhere may not have this machine execute a definition; null when they may (SPEC section 12).
 * @param facts what each of `wordsOf` comes to; a word that is no executable file is left out
 */
export function executionProblem(
  definition: ProcessSpecInput,
  facts: ReadonlyMap<string, ExecutableFacts>,
  rules: ExecutableRules,
): string | null {
  const aside = surroundingsProblem(definition);
  if (aside !== null) return aside;
  if (wordsOf(definition).length > MOST_WORDS) return 'its arguments are more than can be examined';
  for (const line of commandLinesOf(definition)) {
    const problem = lineProblem(line, facts, rules);
    if (problem !== null) return `${line.role} may not be executed: ${problem}`;
  }
  return null;
}

function lineProblem(
  { command, args }: CommandLine,
  facts: ReadonlyMap<string, ExecutableFacts>,
  rules: ExecutableRules,
): string | null {
  if (command.includes('/') && !command.startsWith('/')) {
    return `"${command}" is relative to a folder; write its whole path`;
  }
  const found = facts.get(command);
  if (found === undefined) return `"${command}" is no executable file`;
  const problem = fileProblem(found, rules);
  if (problem !== null) return problem;
  const starts = isLauncher(found.path) || isLauncher(found.realPath);
  for (const word of new Set(args.flatMap(piecesOf))) {
    const named = facts.get(word);
    // A bare word is a command only to those who start one; a path to an interpreter is one to anybody.
    const isCommand = named !== undefined && (starts || (word.includes('/') && executesOthers(named)));
    const argumentProblem = isCommand ? fileProblem(named, rules) : null;
    if (argumentProblem !== null) return `its arguments name another program: ${argumentProblem}`;
  }
  return null;
}

function fileProblem({ path, realPath, replaceableBy }: ExecutableFacts, rules: ExecutableRules): string | null {
  const { whitelist, blacklist, matches } = rules;
  const isForbidden = blacklist.some((pattern) =>
    [path, realPath].some((file) => matches(pattern, file, { ignoresCase: true })),
  );
  if (isForbidden) return `"${realPath}" is on the blacklist`;
  if (executesOthers({ path, realPath, replaceableBy })) {
    if (!whitelist.includes(realPath)) {
      return `"${realPath}" executes what it is told to, so the whitelist has to name it exactly`;
    }
  } else if (!whitelist.some((pattern) => matches(pattern, realPath, { ignoresCase: false }))) {
    return `"${realPath}" is not on the whitelist`;
  }
  return replaceableBy === null ? null : `"${realPath}" could be replaced by ${replaceableBy}`;
}

function executesOthers({ path, realPath }: ExecutableFacts): boolean {
  return isInterpreter(path) || isInterpreter(realPath);
}
