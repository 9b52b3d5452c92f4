import { basename, extname } from 'node:path';

/** The kinds of files that can be imported. */
export const IMPORT_KINDS = ['procfile', 'pm2', 'supervisord'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

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

/** Detects the kind of a file from its name or else its content. Returns null when the kind is unknown. */
export function detectImportKind(file: string, text: string): ImportKind | null {
  if (/^procfile\b|\bprocfile$/i.test(basename(file))) return 'procfile';
  const byExtension = BY_EXTENSION[extname(file).toLowerCase()];
  if (byExtension !== undefined) return byExtension;
  if (/^\s*\[[a-z_-]+(?::[^\]]+)?\]\s*(?:[;#].*)?$/im.test(text)) return 'supervisord';
  if (/^\s*[{[]|module\.exports|export\s+default|^apps:/m.test(text)) return 'pm2';
  const lines = text.split('\n').filter((line) => !/^\s*(?:#|$)/.test(line));
  return lines.length > 0 && lines.every((line) => /^[\w-]+:\s*\S/.test(line)) ? 'procfile' : null;
}
