import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import picomatch from 'picomatch';
import { currentFolder } from '../../../base/current-folder.ts';
import { readRegularFile } from '../../../base/regular-file.ts';
import { messageOf } from '../../../base/thrown.ts';
import { decodeText } from '../draft/decode-text.ts';
import { absolutePath, folderOf } from '../draft/folder-of.ts';
import { modeOfFile } from '../draft/file-mode.ts';
import type { ImportNote } from '../draft/imported.ts';
import { type ConfSection, type ConfValue, parseConfFile } from '../draft/conf-file.ts';
import { expandNow } from './expressions.ts';

interface Included {
  readonly sections: readonly ConfSection[];
  readonly notes: readonly ImportNote[];
}

/** Reads the files of `[include] files`, a list of paths and patterns relative to the main file. */
export function readIncludes(main: readonly ConfSection[], file: string): Included {
  const files = main.find(({ name }) => name === 'include')?.values.get('files');
  if (files === undefined) return { sections: [], notes: [] };
  const found = findFiles(files, file);
  const parsed = found.paths.map((path) => readConf(path, file));
  return {
    sections: parsed.flatMap(({ sections }) => sections),
    notes: [...found.notes, ...parsed.flatMap(({ notes }) => notes)],
  };
}

/** Shows paths like that of the main file: absolute, or relative to the current folder. */
function readConf(path: string, file: string): Included {
  const shown = file.startsWith('/') ? path : relative(currentFolder() ?? '/', path);
  try {
    const conf = parseConfFile(decodeText(readRegularFile(path).content, shown), shown);
    const own = conf.sections.find(({ name }) => name === 'include');
    if (own === undefined) return conf;
    const message = '[include] has no effect here: supervisord reads only that of the main file';
    return { ...conf, notes: [...conf.notes, { weight: 'minor', place: own.place, message }] };
  } catch (error) {
    const message = `its programs are missing: ${messageOf(error)}`;
    return { sections: [], notes: [{ weight: 'loss', place: shown, message }] };
  }
}

function findFiles({ text, place }: ConfValue, file: string): { paths: string[]; notes: ImportNote[] } {
  const folder = folderOf(file);
  const notes: ImportNote[] = [];
  const paths = new Set<string>();
  for (const pattern of expandNow(text, new Map([['here', folder]])).text.split(/\s+/)) {
    const matches =
      pattern === '' ? [] : matchPath(resolve(folder, pattern)).filter((path) => modeOfFile(path) !== null);
    if (pattern !== '' && matches.length === 0) {
      notes.push({ weight: 'loss', place, message: `no file matches "${pattern}"` });
    }
    for (const path of matches.sort()) paths.add(path);
  }
  paths.delete(absolutePath(file));
  return { paths: [...paths], notes };
}

/** Returns the paths that match a pattern. Names with a leading dot match only patterns with a leading dot. */
function matchPath(pattern: string): string[] {
  let found = ['/'];
  for (const part of pattern.split('/').filter((name) => name !== '')) {
    const isPattern = /[*?[\]]/.test(part);
    const fits = isPattern ? picomatch(part, { nobrace: true, noextglob: true }) : null;
    found = found.flatMap((folder) =>
      (fits === null ? [part] : namesIn(folder).filter((name) => fits(name))).map((name) => join(folder, name)),
    );
  }
  return found;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
