import { basename, extname } from 'node:path';
import { type ForeignFormat, formatOfName, formatOfText, type ImportKind } from './foreign-format.ts';

const BY_EXTENSION: Readonly<Record<string, ImportKind>> = {
  '.js': 'pm2',
  '.cjs': 'pm2',
  '.mjs': 'pm2',
  '.ts': 'pm2',
  '.json': 'pm2',
  '.yaml': 'pm2',
  '.yml': 'pm2',
  '.conf': 'supervisord',
  '.ini': 'supervisord',
};
const SCRIPTS = new Set(['.js', '.cjs', '.mjs', '.ts']);

/**
 * Detects the kind of a file from its name or else its content. Returns null when the kind is unknown, and a format that
 * cannot be imported when the file has one.
 */
export function detectImportKind(file: string, text: string): ImportKind | ForeignFormat | null {
  const named = formatOfName(file);
  // Both programs read a compose.yaml.
  const isOtherCompose = named?.kind === 'docker-compose' && !/^services:/m.test(text) && /^processes:/m.test(text);
  if (isOtherCompose) return 'process-compose';
  if (named !== null) return named.kind ?? named;
  const extension = extname(basename(file)).toLowerCase();
  // The text of a program is no sign: a script may contain any other format.
  const found = SCRIPTS.has(extension) ? null : formatOfText(text);
  if (found !== null) return found.kind ?? found;
  const byExtension = BY_EXTENSION[extension];
  if (byExtension !== undefined) return byExtension;
  if (/^\s*\[[a-z_-]+(?::[^\]]+)?\]\s*(?:[;#].*)?$/im.test(text)) return 'supervisord';
  if (/^\s*[{[]|module\.exports|export\s+default|^apps:/m.test(text)) return 'pm2';
  const lines = text.split('\n').filter((line) => !/^\s*(?:#|$)/.test(line));
  return lines.length > 0 && lines.every((line) => /^[\w-]+:\s*\S/.test(line)) ? 'procfile' : null;
}
