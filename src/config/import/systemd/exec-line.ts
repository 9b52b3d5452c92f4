import { splitWords } from '../../../base/split-words.ts';
import type { SpecDraft } from '../draft/imported.ts';

/** A command line of a unit. */
export interface ExecLine {
  /** Prefixes such as `-`, which ignores a failure. */
  readonly prefixes: string;
  readonly words: readonly string[];
  readonly problem: string | null;
}

/** Parses `ExecStart=` and its like. A word that is `;` separates commands, which only one-shot units have. */
export function parseExecLine(text: string): ExecLine {
  const [, prefixes = '', line = ''] = /^([-@:+!|]*)([^]*)$/.exec(text) ?? [];
  const { words, problem } = splitWords(keepLiteral(line));
  const texts = words.map(({ text: word }) => word);
  // With @, the second word is only the name that the program sees.
  const own = prefixes.includes('@') ? [texts[0] ?? '', ...texts.slice(2)] : texts;
  return { prefixes, words: own, problem: problem?.message ?? null };
}

/** Unlike in a shell, `#` within a line begins no comment. */
function keepLiteral(line: string): string {
  return line.replace(/(^|\s)#/g, '$1\\#');
}

/** Within a word, `$NAME` is text: only `${NAME}` is a variable. */
const VARIABLE = /\$\$|\$\{([A-Za-z_]\w*)\}/g;
const WHOLE_WORD = /^\$([A-Za-z_]\w*)$/;

/**
 * Converts the words of a command to fields of a program. Variables that `Environment=` sets are filled in. Others are known only
 * when the program starts, so a shell expands them: `${NAME}` as one word, and `$NAME` as several.
 */
export function fieldsOfWords(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  isExpanded: boolean,
): SpecDraft {
  const filled = isExpanded ? words.flatMap((word) => fill(word, env)) : words;
  const isKnown = !isExpanded || !filled.some((word) => references(word).length > 0);
  if (!isKnown) return { command: `exec ${filled.map(quote).join(' ')}`, shell: true };
  const [command = '', ...args] = isExpanded ? filled.map((word) => word.replaceAll('$$', '$')) : filled;
  return { command, ...(args.length > 0 && { args }) };
}

function fill(word: string, env: Readonly<Record<string, string>>): string[] {
  const [, alone] = WHOLE_WORD.exec(word) ?? [];
  // A variable that is a word of its own is split at blanks.
  if (alone !== undefined && env[alone] !== undefined)
    return splitWords(env[alone].replaceAll('$', '\\$')).words.map(({ text }) => text);
  return [
    word.replace(VARIABLE, (whole, braced?: string) => {
      const value = braced === undefined ? undefined : env[braced];
      return value === undefined ? whole : value.replaceAll('$', '$$$$');
    }),
  ];
}

function references(word: string): string[] {
  const [, alone] = WHOLE_WORD.exec(word) ?? [];
  return alone === undefined ? [...word.matchAll(VARIABLE)].flatMap((match) => match[1] ?? []) : [alone];
}

/** Quotes a word for a shell, except for its references. */
function quote(word: string): string {
  if (WHOLE_WORD.test(word)) return word;
  if (references(word).length === 0) return singleQuoted(word.replaceAll('$$', '$'));
  const escaped = word.replace(/\$\$|\$(?!\{[A-Za-z_])|["\\`]/g, (piece) => (piece === '$$' ? '\\$' : `\\${piece}`));
  return `"${escaped}"`;
}

function singleQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
