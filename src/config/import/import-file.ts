import { existsSync, readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { messageOf } from '../../base/thrown.ts';
import { HealerError } from '../../protocol/errors.ts';
import { detectImportKind, type ImportKind } from './import-kind.ts';
import type { Imported } from './draft/imported.ts';
import { importEcosystem } from './pm2/ecosystem.ts';
import { isScript, loadEcosystem, parseEcosystem } from './pm2/load-ecosystem.ts';
import { importProcfile } from './procfile.ts';
import { importConf } from './supervisord/conf.ts';

interface ImportOptions {
  /** Null to detect the kind. */
  readonly kind: ImportKind | null;
  /** Selects `env_<name>` of a PM2 ecosystem file; null for none. */
  readonly envName: string | null;
}

interface ImportedFile extends Imported {
  readonly kind: ImportKind;
  /** Whether the file is a script that was executed. */
  readonly isExecuted: boolean;
}

/** The name of a file that stands for standard input. */
const STDIN = '-';
/** No configuration is larger; this refuses data files that were named by mistake. */
const MAX_BYTES = 2 ** 20;

/**
 * Reads a file of another process manager and converts it.
 * @throws HealerError INVALID_CONFIG when the file cannot be read, or its kind is unknown
 */
export async function importFile(file: string, { kind, envName }: ImportOptions): Promise<ImportedFile> {
  const isStdin = file === STDIN;
  const text = isStdin ? await readStdin() : await readConfiguration(file);
  const found = kind ?? detectImportKind(file, text);
  switch (found) {
    case 'procfile':
      return { kind: found, isExecuted: false, ...importProcfile(text, file, { dotenv: readDotenv(file) }) };
    case 'pm2':
      if (isStdin) {
        return {
          kind: found,
          isExecuted: false,
          ...importEcosystem(parseEcosystem(text, 'stdin'), 'stdin', { envName }),
        };
      }
      return {
        kind: found,
        isExecuted: isScript(file),
        ...importEcosystem(await loadEcosystem(file), file, { envName }),
      };
    case 'supervisord':
      return { kind: found, isExecuted: false, ...importConf(text, file) };
    case null: {
      const message = `unknown kind of file: "${file}" — use --kind procfile, pm2 or supervisord`;
      throw new HealerError('INVALID_CONFIG', message, { file });
    }
  }
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw unreadable('stdin', 'it is larger than 1 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}

async function readConfiguration(file: string): Promise<string> {
  const facts = await stat(file).catch(() => null);
  const problem =
    facts === null
      ? 'file not found; check the path'
      : facts.isFile()
        ? facts.size > MAX_BYTES && 'it is larger than 1 MiB'
        : 'it is not a regular file';
  if (problem !== false) throw unreadable(file, problem);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(file, messageOf(error));
  });
  if (text.includes('\0')) throw unreadable(file, 'it is not a text file');
  return text.replace(/^\uFEFF/, '');
}

function unreadable(file: string, why: string): HealerError {
  return new HealerError('INVALID_CONFIG', `cannot read "${file}": ${why}`, { file });
}

function readDotenv(procfile: string): string | null {
  const path = join(dirname(resolve(procfile)), '.env');
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}
