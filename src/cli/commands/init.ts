import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PRIVATE_FILE } from '../../base/atomic-file.ts';
import { SCHEMA_URL } from '../../base/project-urls.ts';
import { explainWriteProblem } from '../../base/file-problem.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { codeOf } from '../../base/thrown.ts';
import { groupNotes } from '../../config/import/draft/group-notes.ts';
import { findPrograms, type FolderPrograms } from '../../config/import/folder-programs.ts';
import { renderFirstFile } from '../../config/import/render-first-file.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { RunOf } from '../command/command.ts';
import type { SET_UP_COMMANDS } from '../command-groups/set-up-commands.ts';
import { refuseRemote } from '../command/remote-engine.ts';
import { existingFolder } from '../definitions/existing-folder.ts';
import type { Terminal } from '../output/terminal.ts';

/** The files that `healer up` reads in a folder. The first one is written. */
const NAMES = ['healer.yaml', 'healer.yml'];

export const run: RunOf<typeof SET_UP_COMMANDS.init> = async (context, _args, { stdout }) => {
  refuseRemote(context, 'init');
  const { terminal } = context;
  const folder = existingFolder();
  const output = stdout ? null : join(folder, NAMES[0] ?? '');
  const existing = NAMES.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (output !== null && existing !== undefined) throw alreadyExists(existing);
  const found = await findPrograms(folder);
  const yaml = renderFirstFile(found, SCHEMA_URL);
  if (output !== null) await write(output, yaml);
  report(terminal, found, { folder, output, yaml });
  return 0;
};

/** Writes a file that only its owner can read, because environment variables often hold secrets. */
async function write(output: string, yaml: string): Promise<void> {
  try {
    await writeFile(output, yaml, { flag: 'wx', mode: PRIVATE_FILE });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw alreadyExists(output);
    const message = `cannot write "${output}": ${explainWriteProblem(output, error)}`;
    throw new HealerError('IO_ERROR', message, { path: output });
  }
}

interface Written {
  readonly folder: string;
  /** Null if the file was only printed. */
  readonly output: string | null;
  readonly yaml: string;
}

function report(terminal: Terminal, found: FolderPrograms, { folder, output, yaml }: Written): void {
  const notes = [...found.notes, ...found.programs.flatMap((program) => program.notes)];
  const ids = found.programs.map(({ id }) => id);
  if (terminal.json) {
    terminal.printJson({ output, processes: ids, files: found.files, notes, yaml });
    return;
  }
  for (const line of groupNotes(notes.filter(({ weight }) => weight !== 'detail'))) terminal.note(sanitizeText(line));
  if (output === null) {
    terminal.print(yaml.trimEnd());
    return;
  }
  if (existsSync(join(folder, 'process_list.txt')))
    terminal.note('"healer up" also reads the process_list.txt of this folder');
  terminal.print(`Wrote ${output} with ${describe(ids, found.files)}.`);
  const next =
    ids.length === 0
      ? 'Write your programs into it, then start them with "healer up".'
      : 'Review it, then start the programs with "healer up".';
  terminal.print(terminal.style.faint(next));
}

function describe(ids: readonly string[], files: readonly string[]): string {
  if (ids.length === 0) return 'an example: no programs were found in this folder';
  const what = ids.length === 1 ? '1 program' : `${ids.length} programs`;
  return `${what} from ${files.join(' and ')}: ${ids.join(', ')}`;
}

function alreadyExists(path: string): HealerError {
  const message = `"${path}" already exists — edit it, check it with "healer config check ${basename(path)}", or use "healer init --stdout" to compare`;
  return new HealerError('ALREADY_EXISTS', message, { path });
}
