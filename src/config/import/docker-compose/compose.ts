import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from '../../../base/environment.ts';
import { HealerError } from '../../../protocol/errors.ts';
import { finishDrafts, type ReadyDraft } from '../draft/finish-drafts.ts';
import { folderOf } from '../draft/folder-of.ts';
import type { Imported, ImportNote } from '../draft/imported.ts';
import { type Fields, fieldsOf, isFields } from '../draft/plain-values.ts';
import { parseYamlFile } from '../draft/yaml-text.ts';
import { convertService } from './service.ts';
import { readTextFile } from '../draft/text-file.ts';

/**
 * Converts the services of Docker Compose that can run on this machine: those whose code is here, because it is built or mounted
 * from a folder. Services that need their image are left out.
 * @throws HealerError INVALID_CONFIG when the file is invalid or contains no `services`
 */
export function importCompose(text: string, file: string): Imported {
  const yaml = parseYamlFile(text, file);
  const project = fieldsOf(yaml.value);
  const services = isFields(project['services']) ? project['services'] : oldServices(project);
  if (services === null) {
    throw new HealerError('INVALID_CONFIG', `"${file}" contains no programs: it has to contain a map "services"`, {
      file,
    });
  }
  const folder = folderOf(file);
  const prefix = isFields(project['services']) ? ['services'] : [];
  const context = { folder, known: variablesIn(join(folder, '.env')), services: Object.keys(services) };
  const drafts = Object.entries(services).map(([name, service]): ReadyDraft => {
    const placeOf = (key: string | null): string => yaml.placeOf([...prefix, name, ...(key === null ? [] : [key])]);
    return {
      draft: convertService(name, fieldsOf(service), { ...context, placeOf }),
      place: placeOf(null),
      isLiteral: false,
    };
  });
  const notes = Object.keys(project).flatMap((key) => noteOf(key, yaml.placeOf([key])));
  return finishDrafts(drafts, prefix.length === 0 ? [] : notes);
}

/** Files of the first version have services at the top. */
function oldServices(project: Fields): Fields | null {
  const entries = Object.entries(project).filter(([key]) => key !== 'version');
  const areServices = entries.every(([, value]) => isFields(value) && ('image' in value || 'build' in value));
  return entries.length > 0 && areServices ? Object.fromEntries(entries) : null;
}

const LOST: Readonly<Record<string, string>> = {
  include: 'the files that it names were not imported; import them too',
  secrets: 'secrets are files of containers; let programs read them from their place on this machine',
  configs: 'configs are files of containers; let programs read them from their place on this machine',
};

function noteOf(key: string, place: string): ImportNote[] {
  if (key === 'services' || key.startsWith('x-')) return [];
  const message = LOST[key];
  if (message !== undefined) return [{ weight: 'loss', place, message: `${key}: ${message}` }];
  return [{ weight: 'detail', place, message: `${key}: concerns only Docker` }];
}

/** Returns the variables that Docker Compose reads from a file to fill in references; none when there is no such file. */
function variablesIn(path: string): Environment {
  const text = readTextFile(path);
  return text === null ? {} : parseEnv(text);
}
