import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { explainReadProblem } from '../../base/file-problem.ts';
import { messageOf } from '../../base/thrown.ts';
import { homeOf } from '../instance/paths.ts';
import { ownershipProblem } from '../../base/ownership.ts';
import { readRegularFile } from '../../base/regular-file.ts';
import { HealerError } from '../../protocol/errors.ts';
import { decodeText, MAX_BYTES, unreadable } from './draft/decode-text.ts';
import { absolutePath, folderOf } from './draft/folder-of.ts';
import type { Imported } from './draft/imported.ts';
import { type ForeignFormat, IMPORT_KINDS, type ImportKind } from './foreign-format.ts';
import { importCircus } from './circus/circus.ts';
import { importCompose } from './docker-compose/compose.ts';
import { detectImportKind } from './import-kind.ts';
import { importMonit } from './monit/monit.ts';
import { importEcosystem } from './pm2/ecosystem.ts';
import { isScript, loadEcosystem, parseEcosystem } from './pm2/load-ecosystem.ts';
import { importMprocs } from './mprocs.ts';
import { importProcessCompose } from './process-compose/project.ts';
import { importProcfile } from './procfile.ts';
import { importConf } from './supervisord/conf.ts';
import { importUnit } from './systemd/unit.ts';

interface ImportOptions {
  /** Null to detect the kind. */
  readonly kind: ImportKind | null;
  /** Selects `env_<name>` of a PM2 ecosystem file; null for none. */
  readonly envName: string | null;
}

interface ImportedFile extends Imported {
  readonly kind: ImportKind;
  /** The path that was read, or "stdin". */
  readonly source: string;
  /** Whether the file is a script that was executed. */
  readonly isExecuted: boolean;
}

/** The name of a file that stands for standard input. */
const STDIN = '-';

/**
 * Reads a file of another process manager and converts it.
 * @param file a path, "-" for standard input, or "pm2" for the list that "pm2 save" wrote
 * @throws HealerError INVALID_CONFIG when the file cannot be read, or its kind is unknown
 */
export async function importFile(file: string, { kind, envName }: ImportOptions): Promise<ImportedFile> {
  const isStdin = file === STDIN || file === '/dev/stdin';
  const source = isStdin ? 'stdin' : pathOf(file);
  const text = isStdin ? await readStdin() : await readConfiguration(source);
  const found = kind ?? detectImportKind(source, text);
  if (found === null) throw unknownKind(source);
  if (typeof found === 'object') throw notImportable(source, found);
  const isExecuted = found === 'pm2' && !isStdin && isScript(source);
  // Templates of process-compose are filled in.
  if (!isExecuted && found !== 'process-compose' && isTemplate(text)) {
    throw unreadable(source, 'it is a template; import the file that is generated from it');
  }
  if (isExecuted) refuseOthers(source);
  const convert = async (): Promise<Imported> => {
    switch (found) {
      case 'procfile':
        return importProcfile(text, source, { dotenv: readDotenv(source) });
      case 'pm2': {
        const config = isStdin ? parseEcosystem(text, source) : await loadEcosystem(source, text);
        return importEcosystem(config, source, { envName });
      }
      case 'supervisord':
        return importConf(text, source);
      case 'mprocs':
        return importMprocs(text, source);
      case 'process-compose':
        return importProcessCompose(text, source);
      case 'docker-compose':
        return importCompose(text, source);
      case 'systemd':
        return importUnit(text, source);
      case 'circus':
        return importCircus(text, source);
      case 'monit':
        return importMonit(text, source);
    }
  };
  return { kind: found, source, isExecuted, ...(await convert()) };
}

/** "healer import pm2" reads the list of "pm2 save", unless there is a file of this name. */
function pathOf(file: string): string {
  if (file !== 'pm2' || existsSync(absolutePath(file))) return file;
  return join(process.env['PM2_HOME'] ?? join(homeOf(process.env), '.pm2'), 'dump.pm2');
}

/** Refuses to execute a file that another user can write to: it would run with the rights of this user. */
function refuseOthers(script: string): void {
  const unsafe = ownershipProblem(absolutePath(script));
  if (unsafe !== null) throw unreadable(script, `it would be executed, and ${unsafe.message}; ${unsafe.hint}`);
}

/** Blocks of Jinja and ERB, and placeholders of Jinja. Those of Go begin with a dot and are arguments of many commands. */
function isTemplate(text: string): boolean {
  return /\{%-?\s*\w[^]*?%\}|<%[=-]?\s[^]*?%>|\{\{\s*\w[\w.]*\s*(?:\|[^}]*)?\}\}/.test(text);
}

function unknownKind(file: string): HealerError {
  const message = `unknown kind of file: "${file}" — use --kind ${IMPORT_KINDS.slice(0, -1).join(', ')} or ${IMPORT_KINDS.at(-1)}`;
  return new HealerError('INVALID_CONFIG', message, { file });
}

function notImportable(file: string, { name, advice }: ForeignFormat): HealerError {
  return new HealerError('INVALID_CONFIG', `"${file}" is ${name}, which cannot be imported: ${advice}`, { file });
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > MAX_BYTES) break;
  }
  return decodeText(Buffer.concat(chunks), 'stdin');
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
  const bytes = await readFile(file).catch((error: unknown) => {
    throw unreadable(file, explainReadProblem(file, error));
  });
  return decodeText(bytes, file);
}

function readDotenv(procfile: string): string | null {
  const path = join(folderOf(procfile), '.env');
  if (!existsSync(path)) return null;
  try {
    return readRegularFile(path).content.toString();
  } catch (error) {
    throw unreadable(path, messageOf(error), error);
  }
}
