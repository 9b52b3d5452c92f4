import type { Stats } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'dotenv';
import { parseDockerEnv, parseForemanEnv, parseSystemdEnv, type Variables } from '../../base/env-dialects.ts';
import { findOtherWriter } from '../../base/other-writers.ts';
import { readRegularFile } from '../../base/regular-file.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Credentials } from '../os/credentials.ts';

/** `${NAME}`, `${NAME:-default}` (also with `-`), `$NAME`, or a dollar sign escaped by a backslash. */
const REFERENCE = /\\\$|\$\{([A-Za-z_]\w*)(?:(:?-)([^{}]*))?\}|\$([A-Za-z_]\w*)/g;

const REMEDIES: Readonly<Partial<Record<string, string>>> = {
  ENOENT: 'create it, or add the prefix ? if it may be missing',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder; name a file in it',
};

/** Env files are relative to the working directory; a file with the prefix `?` may be missing. */
type EnvFiles = Pick<ProcessSpec, 'envFile' | 'envFileDialect'>;

/**
 * Returns the variables of a program's env files; later files override earlier ones.
 * @param known the variables that values may refer to, besides those defined earlier
 * @param reader the user and group of the program; null for those of the engine
 * @throws HealerError SPAWN_FAILED if a file cannot be read, or has a line that is invalid in its dialect
 */
export function readEnvFiles(
  { envFile, envFileDialect }: EnvFiles,
  cwd: string,
  known: Variables,
  reader: Credentials | null = null,
): Variables {
  const values: Record<string, string> = {};
  for (const file of envFile) {
    const { text, path } = readEnvFile(file, cwd, reader);
    Object.assign(values, parseEnvFile(text, path, envFileDialect, { ...known, ...values }));
  }
  return values;
}

function parseEnvFile(text: string, path: string, dialect: EnvFiles['envFileDialect'], known: Variables): Variables {
  switch (dialect) {
    case 'dotenv':
      return parseDotenv(text, known);
    case 'foreman':
      return parseForemanEnv(text);
    case 'systemd':
      return parseSystemdEnv(text);
    case 'docker': {
      const parsed = parseDockerEnv(text, known);
      if (parsed.problem === null) return parsed.variables;
      throw refusal(path, `line ${String(parsed.problem.line)}: ${parsed.problem.message}`);
    }
  }
}

/** Values may refer to variables in `known` and to those defined earlier. Values in single quotes are not expanded. */
function parseDotenv(text: string, known: Variables): Variables {
  const values: Record<string, string> = {};
  for (const [name, parsed] of Object.entries(parse(text))) {
    const value = withHashes(text, name, parsed);
    values[name] = isLiteral(text, name, value) ? value : expand(value, (other) => values[other] ?? known[other]);
  }
  return values;
}

interface EnvFileText {
  readonly text: string;
  readonly path: string;
}

function readEnvFile(file: string, cwd: string, reader: Credentials | null): EnvFileText {
  const isOptional = file.startsWith('?');
  const path = resolve(cwd, isOptional ? file.slice(1) : file);
  const text = readText(path, isOptional, reader);
  // The parser would lose this name without a problem.
  if (/^\s*(?:export\s+)?__proto__\s*[=:]/m.test(text)) throw refusal(path, '"__proto__" cannot be used as a name');
  return { text, path };
}

function readText(path: string, isOptional: boolean, reader: Credentials | null): string {
  try {
    const { content, stats } = readRegularFile(path);
    if (isForeign(reader) && !mayRead(reader, stats) && findOtherWriter(path) !== null) {
      throw refusal(path, `user ${String(reader.uid)} may not read it, and other users can replace it`);
    }
    return content.toString('utf8');
  } catch (cause) {
    if (cause instanceof HealerError) throw cause;
    const { code = 'unknown', message } = cause as NodeJS.ErrnoException;
    if (isOptional && code === 'ENOENT') return '';
    if (code === 'EINVAL' || code === 'EFBIG') throw refusal(path, message);
    const text = `cannot read the env file "${path}": ${code}; ${REMEDIES[code] ?? 'check its permissions'}`;
    throw new HealerError('SPAWN_FAILED', text, { errno: code, path }, { cause });
  }
}

function refusal(path: string, why: string): HealerError {
  return new HealerError('SPAWN_FAILED', `cannot use the env file "${path}": ${why}`, { path });
}

type Foreign = Credentials & { readonly uid: number };

function isForeign(reader: Credentials | null): reader is Foreign {
  return reader !== null && reader.uid !== null && reader.uid !== process.geteuid?.();
}

/**
 * Returns whether the user of a program may read a file that the engine has read for it. Otherwise a user who can replace
 * the file could put a link to a secret of root in its place.
 */
function mayRead({ uid, gid }: Foreign, stats: Pick<Stats, 'uid' | 'gid' | 'mode'>): boolean {
  if (stats.uid === uid) return (stats.mode & 0o400) !== 0;
  return (stats.mode & (stats.gid === gid ? 0o040 : 0o004)) !== 0;
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
