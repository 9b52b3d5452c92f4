import { splitWords } from '../../../base/split-words.ts';

/** A line that was written for a shell, as the fields of a program. */
interface ShellLine {
  readonly command: string;
  readonly args?: string[];
  readonly env?: Record<string, string>;
  readonly shell?: true;
}

/** A double-quoted piece may still hold expansions; the other two mean nothing but themselves. */
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
 * Reads a shell line: `A=b cmd "an arg"` becomes command, arguments and environment, and only what needs a shell
 * (variables, pipes, lists, globs, builtins) keeps one. An `exec` in front is what healer does anyway.
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
