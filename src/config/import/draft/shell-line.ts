import { splitWords } from '../../../base/split-words.ts';

/** A shell command line as the fields of a program. */
interface ShellLine {
  readonly command: string;
  readonly args?: string[];
  readonly env?: Record<string, string>;
  readonly shell?: true;
}

/** Only double-quoted pieces may contain expansions; the others are literal. */
const QUOTED = /\\[^]|'[^']*'|"(?:\\[^]|[^"\\])*"/g;
const EXPANSION = /(?<!\\)[$`]/;
const SHELL_SYNTAX = /[|&;<>()$`*?[\]\n]|(?:^|[\s=:])~/;
/** First words that only a shell understands. */
const SHELL_WORDS = new Set(
  '. : ! { alias case cd command eval exit export for function if read set source test time trap ulimit umask unset until wait while'.split(
    ' ',
  ),
);
const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=([^]*)$/;

/**
 * Converts a shell command line: `A=b cmd "an arg"` becomes a command, arguments and environment. A line that needs a shell
 * (for variables, pipes, lists, globs or builtins) still runs in one. A leading `exec` is dropped as unnecessary.
 */
export function readShellLine(line: string): ShellLine {
  const throughShell: ShellLine = { command: line, shell: true };
  if (needsShell(line)) return throughShell;
  const { words, problem } = splitWords(line);
  if (problem !== null) return throughShell;
  const texts = words.map(({ text }) => text);
  const start = texts.findIndex((text) => !ASSIGNMENT.test(text));
  const [first, ...rest] = start === -1 ? [] : texts.slice(start);
  const [command, ...args] = first === 'exec' ? rest : [first, ...rest];
  if (command === undefined || SHELL_WORDS.has(command)) return throughShell;
  const env = Object.fromEntries(texts.slice(0, start).map(splitAssignment));
  return { command, ...(args.length > 0 && { args: present(args) }), ...(start > 0 && { env }) };
}

function needsShell(line: string): boolean {
  const bare = line.replace(QUOTED, (piece) => (piece.startsWith('"') && EXPANSION.test(piece) ? '$' : 'x'));
  return SHELL_SYNTAX.test(bare);
}

function splitAssignment(text: string): [name: string, value: string] {
  const [, name = '', value = ''] = ASSIGNMENT.exec(text) ?? [];
  return [name, value];
}

function present(args: readonly (string | undefined)[]): string[] {
  return args.filter((arg) => arg !== undefined);
}
