import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { messageOf } from '../../base/thrown.ts';
import { asWritten } from './draft/idiomatic.ts';
import type { Imported, ImportedProgram, ImportNote } from './draft/imported.ts';
import { withRelativePaths } from './draft/relative-paths.ts';
import { readTextFile } from './draft/text-file.ts';
import { importFile } from './import-file.ts';
import { importPackageScripts } from './package-scripts.ts';

/** Lists of programs, the most specific ones first. Of a group, a tool reads the first that exists. */
const LISTS: readonly (readonly string[])[] = [
  ['Procfile'],
  ['process-compose.yaml', 'process-compose.yml'],
  ['mprocs.yaml'],
  ['ecosystem.json', 'ecosystem.config.json'],
  ['supervisord.conf'],
  ['circus.ini'],
  ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'],
];
/** These would have to be executed. */
const SCRIPTS = ['ecosystem.config.js', 'ecosystem.config.cjs', 'ecosystem.config.mjs', 'ecosystem.config.ts'];

/** The programs of a folder, and where they were found. */
export interface FolderPrograms extends Imported {
  /** Names of the files with programs. */
  readonly files: readonly string[];
}

/**
 * Finds the programs of a project folder: in a Procfile or another list of programs, or else in the scripts of its package.json.
 * Notes say what was left out. Nothing is executed.
 */
export async function findPrograms(folder: string): Promise<FolderPrograms> {
  const programs: ImportedProgram[] = [];
  const notes: ImportNote[] = [];
  const owners = new Map<string, string>();
  const take = async (path: string, read: () => Promise<Imported> | Imported): Promise<void> => {
    const name = basename(path);
    try {
      const found = await read();
      notes.push(...found.notes);
      for (const program of found.programs) {
        const owner = owners.get(program.id);
        if (owner === undefined) {
          owners.set(program.id, name);
          programs.push(program);
        } else notes.push(leftOut(name, `"${program.id}" left out: it is already in ${owner}`));
      }
    } catch (error) {
      notes.push(leftOut(name, `left out: ${messageOf(error)}`));
    }
  };
  for (const path of listsIn(folder)) {
    await take(path, () => importFile(path, { kind: null, envName: null }));
  }
  const manifest = join(folder, 'package.json');
  const text = readTextFile(manifest);
  if (text === null && existsSync(manifest)) notes.push(leftOut('package.json', 'left out: it cannot be read'));
  if (text !== null) {
    const [first] = owners.values();
    if (first === undefined) await take(manifest, () => importPackageScripts(text, manifest));
    else notes.push(leftOut('package.json', `its scripts were left out, because the programs are in ${first}`));
  }
  for (const name of SCRIPTS.filter((each) => existsSync(join(folder, each))))
    notes.push(leftOut(name, `left out, because it would have to be executed; import it with "healer import ${name}"`));
  const named = programs.map((program) => ({ ...program, notes: program.notes.map(withoutFolder(folder)) }));
  const all = asWritten(withRelativePaths({ programs: named, notes: notes.map(withoutFolder(folder)) }, folder));
  return { ...all, files: [...new Set(owners.values())] };
}

function listsIn(folder: string): readonly string[] {
  return LISTS.flatMap((names) => {
    const name = names.find((each) => existsSync(join(folder, each)));
    return name === undefined ? [] : [join(folder, name)];
  });
}

function leftOut(place: string, message: string): ImportNote {
  return { weight: 'loss', place, message };
}

/** Places are named as seen from the folder. */
function withoutFolder(folder: string): (note: ImportNote) => ImportNote {
  return (note) => ({
    ...note,
    place: note.place.replace(`${folder}/`, ''),
    message: note.message.replaceAll(`${folder}/`, ''),
  });
}
