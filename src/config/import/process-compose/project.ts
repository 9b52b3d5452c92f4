import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HealerError } from '../../../protocol/errors.ts';
import { finishDrafts } from '../draft/finish-drafts.ts';
import { folderOf } from '../draft/folder-of.ts';
import type { Imported, ImportNote } from '../draft/imported.ts';
import { OWN_LOG } from '../draft/own-log.ts';
import { type Fields, fieldsOf, isFields, listOf } from '../draft/plain-values.ts';
import { textOf } from '../draft/text-of.ts';
import { parseYamlFile } from '../draft/yaml-text.ts';
import { convertProcess, type ProjectContext } from './process.ts';

/**
 * Converts a process-compose.yaml.
 * @throws HealerError INVALID_CONFIG when the file is invalid or contains no `processes`
 */
export function importProcessCompose(text: string, file: string): Imported {
  const yaml = parseYamlFile(text, file);
  const project = fieldsOf(yaml.value);
  const { processes } = project;
  if (!isFields(processes)) {
    const message = `"${file}" contains no programs: it has to contain a map "processes"`;
    throw new HealerError('INVALID_CONFIG', message, { file });
  }
  const folder = folderOf(file);
  const context: ProjectContext = {
    yaml,
    folder,
    shell: shellOf(project),
    environment: listOf(project['environment']).map(textOf),
    vars: fieldsOf(project['vars']),
    isExpanded: project['disable_env_expansion'] !== true,
    envFile: project['is_dotenv_disabled'] !== true && isReadable(join(folder, '.env')) ? join(folder, '.env') : null,
  };
  const drafts = Object.entries(processes).flatMap(([name, process]) =>
    convertProcess(name, extended(fieldsOf(process), processes), context),
  );
  const notes = Object.entries(project).flatMap(([key, value]) => noteOf(key, value, yaml.placeOf([key])));
  return finishDrafts(drafts, notes);
}

/** A process can extend another one. The lists of variables are joined, and its other fields count. */
function extended(process: Fields, all: Fields, depth = 0): Fields {
  const base = all[textOf(process['extends'] ?? '')];
  if (!isFields(base) || depth > MOST_LEVELS) return process;
  const parent = extended(base, all, depth + 1);
  const environment = [...listOf(parent['environment']), ...listOf(process['environment'])];
  return { ...parent, ...process, ...(environment.length > 0 && { environment }) };
}

/** Processes that extend each other would never end. */
const MOST_LEVELS = 20;

function shellOf(project: Fields): ProjectContext['shell'] {
  const { shell_command: command, shell_argument: argument } = fieldsOf(project['shell']);
  return [typeof command === 'string' ? command : 'bash', typeof argument === 'string' ? argument : '-c'];
}

const CONVERTED = new Set(['processes', 'environment', 'vars', 'shell', 'disable_env_expansion', 'is_dotenv_disabled']);
const LOST: Readonly<Record<string, string>> = {
  extends: 'the file that it names was not imported; import it too',
  env_cmds: 'variables from the output of commands have no equivalent; set them in env, or use a shell in the command',
};

function noteOf(key: string, value: unknown, place: string): ImportNote[] {
  if (CONVERTED.has(key) || value === null) return [];
  const lost = LOST[key];
  if (lost !== undefined) return [{ weight: 'loss', place, message: `${key}: ${lost}` }];
  if (key === 'log_location') return [{ weight: 'minor', place, message: OWN_LOG }];
  return [{ weight: 'detail', place, message: `${key}: concerns only process-compose` }];
}

function isReadable(path: string): boolean {
  try {
    return existsSync(path) && readFileSync(path).length >= 0;
  } catch {
    return false;
  }
}
