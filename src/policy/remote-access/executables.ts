import type { ProcessSpecInput } from '../../protocol/process-spec.ts';
import { launchProblem, piecesOf } from './command-words.ts';
import { isEnv, isInterpreter, isLauncher, isLoadingService } from './interpreters.ts';
import type { ProgramCommand } from '../../protocol/spec/command-spec.ts';
import { type CommandRole, ownCommands, roleName } from './own-commands.ts';
import { isJudgedLauncher, type Launch, parseLaunch } from './launches.ts';
import { surroundingsProblem } from './surroundings.ts';

/** The file that a word of a command line refers to on this machine. */
export interface ExecutableFacts {
  /** The absolute path where it was found. */
  readonly path: string;
  /** The path with symbolic links resolved. */
  readonly realPath: string;
  /** Who, apart from root and the engine's user, could replace it; null if only they could. */
  readonly replaceableBy: string | null;
  /** Why it cannot be examined, as when the engine may execute but not read it; null or absent if it can. */
  readonly unclear?: string | null;
  /** For a script: all paths of the files that its first line names. */
  readonly runBy: readonly string[];
  /** Returns the system interpreter that is the same file, or has the same content; null for none. */
  readonly copyOf: () => string | null;
  /** Returns the folder with tools that it lies in, where wildcards do not count; null for none. */
  readonly toolFolder?: () => string | null;
}

/** Finds the file of a word; null if it is not an executable file. */
type Find = (word: string) => ExecutableFacts | null;

export interface ExecutableRules {
  /** Globs with `*` and `**`. If empty, nothing may be registered. */
  readonly whitelist: readonly string[];
  readonly blacklist: readonly string[];
  readonly matches: (pattern: string, path: string, options: { readonly ignoresCase: boolean }) => boolean;
  /** Returns the paths of the existing file that a word leads to, with and without symbolic links; none if there is none. */
  readonly pathsOf?: (word: string) => readonly string[];
}

/** A command line as it may be executed: the words that were checked are replaced by the real paths of their files. */
export interface CheckedLine {
  readonly command: string;
  readonly args: readonly string[];
}

/** What may be executed of a definition. */
export interface CheckedDefinition {
  readonly program: CheckedLine;
  /** Null if the definition has no health check that executes a command. */
  readonly healthCheck: CheckedLine | null;
  /** The stop command and the hooks. */
  readonly commands: ReadonlyMap<CommandRole, ProgramCommand>;
}

/** The shell of `shell: true`. */
const SHELL = '/bin/sh';
/** Command lines with more words cannot be examined. */
const MAX_WORDS = 2_000;
/** The kernel's limit for one argument. */
const MAX_CHARACTERS = 128 * 1024;
/** The number of launchers that may start each other; each one is examined. */
const MAX_LAUNCHERS = 8;

/**
 * Returns why a remote caller may not have this machine execute a definition; null if it may. docs/security.md explains
 * the rules.
 *
 * @param find finds the file of a word; called as little as possible, because each call reads the disk
 */
export function executionProblem(definition: ProcessSpecInput, find: Find, rules: ExecutableRules): string | null {
  const checked = checkDefinition(definition, find, rules);
  return typeof checked === 'string' ? checked : null;
}

/** Like `executionProblem`, but returns what may be executed instead of null. */
export function checkDefinition(
  definition: ProcessSpecInput,
  find: Find,
  rules: ExecutableRules,
): CheckedDefinition | string {
  const aside = surroundingsProblem(definition);
  if (aside !== null) return aside;
  const { command, args = [], shell = false, health } = definition;
  const texts = args.map(String);
  const own = shell ? { command: SHELL, args: [] } : { command, args: texts };
  const scripted = shell ? forbiddenFile(piecesOf(command), rules) : null;
  const program = scripted === null ? checkLine(own, find, rules) : `it names "${scripted}", which is on the blacklist`;
  if (typeof program === 'string') return `the program may not be executed: ${program}`;
  const check = health?.check;
  const healthCheck =
    check?.type === 'exec'
      ? checkLine({ command: check.command, args: (check.args ?? []).map(String) }, find, rules)
      : null;
  if (typeof healthCheck === 'string') return `the health check may not be executed: ${healthCheck}`;
  const commands = checkCommands(definition, find, rules);
  if (typeof commands === 'string') return commands;
  // The arguments of a shell script are passed on unchanged.
  return { program: shell ? { command, args: texts } : program, healthCheck, commands };
}

/** Checks the stop command and the hooks in the same way as the program. */
function checkCommands(
  definition: ProcessSpecInput,
  find: Find,
  rules: ExecutableRules,
): CheckedDefinition['commands'] | string {
  const checked = new Map<CommandRole, ProgramCommand>();
  for (const [role, own] of ownCommands(definition)) {
    const line = checkLine(own, find, rules);
    if (typeof line === 'string') return `${roleName(role)} may not be executed: ${line}`;
    checked.set(role, { ...own, command: line.command, args: [...line.args] });
  }
  return checked;
}

function checkLine(line: CheckedLine, find: Find, rules: ExecutableRules, depth = 0): CheckedLine | string {
  const { command, args } = line;
  if (command.includes('/') && !command.startsWith('/')) {
    return `"${command}" is a relative path; use an absolute path`;
  }
  const found = find(command);
  if (found === null) return `"${command}" is not an executable file`;
  const problem = fileProblem(found, rules) ?? (isExaminable(args) ? null : TOO_MANY);
  if (problem !== null) return problem;
  if (isJudgedLauncher(found.realPath)) return checkLaunch(found.realPath, args, find, rules, depth);
  const inArguments = argumentProblem(found, args, find, rules);
  return inArguments ?? { command: found.realPath, args };
}

/** Checks the program that a launcher starts in the same way, and replaces it by its real path. */
function checkLaunch(
  launcher: string,
  args: readonly string[],
  find: Find,
  rules: ExecutableRules,
  depth: number,
): CheckedLine | string {
  const launch: Launch | string = depth < MAX_LAUNCHERS ? parseLaunch(launcher, args) : 'too many launchers follow it';
  if (typeof launch === 'string') return `the arguments of "${launcher}" cannot be checked: ${launch}`;
  const inner = checkLine({ command: launch.command, args: launch.args }, find, rules, depth + 1);
  if (typeof inner === 'string') return `its arguments name another program: ${inner}`;
  return { command: launcher, args: [...launch.before, inner.command, ...inner.args] };
}

const TOO_MANY = 'it has too many arguments to examine';

function argumentProblem(
  program: ExecutableFacts,
  args: readonly string[],
  find: Find,
  rules: ExecutableRules,
): string | null {
  const words = new Set(args.flatMap(piecesOf));
  if (words.size > MAX_WORDS) return TOO_MANY;
  const starts = namesOf(program).some(isLauncher);
  // A bare word is a command only for programs that start one; a path to an interpreter is one for every program.
  const named = [...words].flatMap((word) => (starts || word.includes('/') ? (find(word) ?? []) : []));
  for (const file of starts ? named : named.filter(executesOthers)) {
    const problem = fileProblem(file, rules);
    if (problem !== null) return `its arguments name another program: ${problem}`;
  }
  const script = executesOthers(program) ? forbiddenFile([...words], rules) : null;
  if (script !== null) return `its arguments name "${script}", which is on the blacklist`;
  const problem = starts ? launchProblem(args, [program, ...named].flatMap(namesOf).some(isEnv)) : null;
  return problem === null ? null : `its arguments cannot be checked: ${problem}`;
}

/** Returns the first file on the blacklist that the words name: an interpreter executes files that are not executable. */
function forbiddenFile(words: readonly string[], rules: ExecutableRules): string | null {
  const { pathsOf, blacklist } = rules;
  if (pathsOf === undefined || blacklist.length === 0) return null;
  return words.flatMap(pathsOf).find((path) => isForbidden(path, rules)) ?? null;
}

function isForbidden(path: string, { blacklist, matches }: ExecutableRules): boolean {
  return blacklist.some((pattern) => matches(pattern, path, { ignoresCase: true }));
}

function isExaminable(args: readonly string[]): boolean {
  const characters = args.reduce((sum, { length }) => sum + length, 0);
  return args.length <= MAX_WORDS && characters <= MAX_CHARACTERS;
}

function fileProblem(file: ExecutableFacts, rules: ExecutableRules): string | null {
  const { path, realPath, replaceableBy, runBy, unclear = null } = file;
  const forbidden = [realPath, path, ...runBy].find((each) => isForbidden(each, rules));
  if (forbidden !== undefined) {
    return `"${forbidden === path ? realPath : forbidden}" is on the blacklist`;
  }
  if (!rules.whitelist.includes(realPath)) {
    const problem = wildcardProblem(file, rules);
    if (problem !== null) return problem;
  }
  if (unclear !== null) return `"${realPath}" cannot be examined: ${unclear}`;
  return replaceableBy === null ? null : `"${realPath}" could be replaced by ${replaceableBy}`;
}

/** Returns why a file that is not listed by its exact path may not be executed; null if a wildcard allows it. */
function wildcardProblem(file: ExecutableFacts, { whitelist, matches }: ExecutableRules): string | null {
  const { realPath, unclear = null } = file;
  if (executesOthers(file)) return toBeListed(realPath, ' can execute any command');
  const isMatched = whitelist.some((pattern) => matches(pattern, realPath, { ignoresCase: false }));
  if (!isMatched) return `"${realPath}" is not on the whitelist`;
  if (namesOf(file).some(isLoadingService)) return toBeListed(realPath, ' can load code that its arguments name');
  const folder = file.toolFolder?.() ?? null;
  if (folder !== null) return toBeListed(realPath, ` lies in ${folder}, where wildcards do not count`);
  const duplicate = unclear === null ? file.copyOf() : null;
  return duplicate === null
    ? null
    : toBeListed(realPath, ` is the same as "${duplicate}", which can execute any command`);
}

function toBeListed(realPath: string, because: string): string {
  return `"${realPath}"${because}, so the whitelist must list its exact path`;
}

function executesOthers(file: ExecutableFacts): boolean {
  return namesOf(file).some(isInterpreter);
}

function namesOf({ path, realPath }: ExecutableFacts): readonly string[] {
  return [path, realPath];
}
