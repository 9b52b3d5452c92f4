import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'dotenv';
import { HealerError } from '../../protocol/errors.ts';

type Variables = Readonly<Record<string, string>>;

/** `${NAME}`, `${NAME:-default}` (also with `-`), `$NAME`, or a dollar sign escaped by a backslash. */
const REFERENCE = /\\\$|\$\{([A-Za-z_]\w*)(?:(:?-)([^{}]*))?\}|\$([A-Za-z_]\w*)/g;

/**
 * Returns the variables of a program's env files; later files override earlier ones. Values may refer to variables in
 * `known` and to those defined earlier. Values in single quotes are not expanded.
 * @param files relative to `cwd`; a file with the prefix `?` may be missing
 * @throws HealerError SPAWN_FAILED if a file cannot be read
 */
export function readEnvFiles(files: readonly string[], cwd: string, known: Variables): Variables {
  const values: Record<string, string> = {};
  for (const file of files) {
    const text = readEnvFile(file, cwd);
    for (const [name, parsed] of Object.entries(parse(text))) {
      const value = withHashes(text, name, parsed);
      values[name] = isLiteral(text, name, value) ? value : expand(value, (other) => values[other] ?? known[other]);
    }
  }
  return values;
}

function readEnvFile(file: string, cwd: string): string {
  const isOptional = file.startsWith('?');
  const path = resolve(cwd, isOptional ? file.slice(1) : file);
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    if (isOptional && code === 'ENOENT') return '';
    const remedy = code === 'ENOENT' ? 'create it, or add the prefix ? if it may be missing' : 'check its permissions';
    const message = `cannot read the env file "${path}": ${code}; ${remedy}`;
    throw new HealerError('SPAWN_FAILED', message, { errno: code, path }, { cause });
  }
}

/**
 * Returns the whole of an unquoted value that contains `#`. The parser cuts it at any `#`, so that a password would be
 * shortened silently. As in a shell, only a `#` after a blank begins a comment.
 */
function withHashes(text: string, name: string, parsed: string): string {
  if (!text.includes('#')) return parsed;
  const pattern = name.replaceAll('.', '\\.');
  const lines = text.matchAll(
    new RegExp(`^\\s*(?:export\\s+)?${pattern}(?:\\s*=|:\\s)[^\\S\\n]*([^\\s'"\`][^\\n\\r]*)`, 'gm'),
  );
  const written =
    [...lines]
      .at(-1)?.[1]
      ?.replace(/\s+#.*$/, '')
      .trimEnd() ?? '';
  return parsed !== '' && written.startsWith(`${parsed}#`) ? written : parsed;
}

function expand(value: string, lookUp: (name: string) => string | undefined): string {
  const replaced = Array.from(value.matchAll(REFERENCE), (match) => ({ match, text: textFor(match, lookUp) }));
  let position = 0;
  let result = '';
  for (const { match, text } of replaced) {
    result += value.slice(position, match.index) + text;
    position = match.index + match[0].length;
  }
  return result + value.slice(position);
}

function textFor(match: RegExpExecArray, lookUp: (name: string) => string | undefined): string {
  const [whole, braced, operator, fallback = '', bare] = match;
  const name = braced ?? bare;
  if (name === undefined) return whole.slice(1);
  const found = lookUp(name);
  const isMissing = found === undefined || (operator === ':-' && found === '');
  return isMissing ? fallback : found;
}

/** The parser removes the quotes, so the text is searched for single quotes, which keep a dollar sign in a password literal. */
function isLiteral(text: string, name: string, value: string): boolean {
  if (!value.includes('$')) return true;
  const pattern = name.replaceAll('.', '\\.');
  return new RegExp(`^\\s*(?:export\\s+)?${pattern}(?:\\s*=\\s*|:\\s+)'`, 'm').test(text);
}
