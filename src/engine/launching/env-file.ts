import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'dotenv';
import { HealerError } from '../../protocol/errors.ts';

type Variables = Readonly<Record<string, string>>;

/** `${NAME}`, `${NAME:-default}` (also with `-`), `$NAME`, or a dollar sign that a backslash makes an ordinary one. */
const REFERENCE = /\\\$|\$\{([A-Za-z_]\w*)(?:(:?-)([^{}]*))?\}|\$([A-Za-z_]\w*)/g;

/**
 * Reads a program's env files, later ones over earlier ones. Values may refer to variables of `known` and to those
 * that stand before them; what is in single quotes is taken as it is.
 * @param files relative to `cwd`; one with a `?` in front may be missing
 * @throws HealerError SPAWN_FAILED when a file cannot be read
 */
export function readEnvFiles(files: readonly string[], cwd: string, known: Variables): Variables {
  const values: Record<string, string> = {};
  for (const file of files) {
    const text = readEnvFile(file, cwd);
    for (const [name, value] of Object.entries(parse(text))) {
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
    const step =
      code === 'ENOENT' ? 'create it, or write a ? in front of a file that may be missing' : 'check its permissions';
    const message = `cannot read the env file "${path}": ${code}; ${step}`;
    throw new HealerError('SPAWN_FAILED', message, { errno: code, path }, { cause });
  }
}

function expand(value: string, lookUp: (name: string) => string | undefined): string {
  const replaced = Array.from(value.matchAll(REFERENCE), (match) => ({ match, text: textFor(match, lookUp) }));
  let end = 0;
  let result = '';
  for (const { match, text } of replaced) {
    result += value.slice(end, match.index) + text;
    end = match.index + match[0].length;
  }
  return result + value.slice(end);
}

function textFor(match: RegExpExecArray, lookUp: (name: string) => string | undefined): string {
  const [whole, braced, operator, fallback = '', bare] = match;
  const name = braced ?? bare;
  if (name === undefined) return whole.slice(1);
  const found = lookUp(name);
  const isMissing = found === undefined || (operator === ':-' && found === '');
  return isMissing ? fallback : found;
}

/** The parser takes the quotes away, and a password in single quotes must keep its dollar signs. */
function isLiteral(text: string, name: string, value: string): boolean {
  if (!value.includes('$')) return true;
  const pattern = name.replaceAll('.', '\\.');
  return new RegExp(`^\\s*(?:export\\s+)?${pattern}(?:\\s*=\\s*|:\\s+)'`, 'm').test(text);
}
