import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isMap, parseDocument } from 'yaml';
import { ensureFolder, replaceFile } from '../../base/atomic-file.ts';
import { codeOf } from '../../base/thrown.ts';
import { HealerError } from '../../protocol/errors.ts';

/**
 * Changes fields of a YAML file, and keeps its other fields and its comments; undefined removes a field. The file is
 * created if it is missing.
 * @throws HealerError INVALID_CONFIG if its contents are not a map of fields, or the error of the system call that failed
 */
export function changeYamlFile(file: string, changes: Readonly<Record<string, unknown>>): void {
  const document = parseDocument(textOf(file));
  const [problem] = document.errors;
  if (problem !== undefined || (document.contents !== null && !isMap(document.contents)))
    throw new HealerError('INVALID_CONFIG', `"${file}" is not a list of settings — correct it, or move it away`);
  for (const [name, value] of Object.entries(changes)) {
    if (value !== undefined) document.set(name, value);
    else if (document.has(name)) document.delete(name);
  }
  ensureFolder(dirname(file));
  replaceFile(file, document.toString());
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  }
}
