import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { PRIVATE_FILE, replaceFile } from '../../base/atomic-file.ts';
import { SCHEMA_URL } from '../../base/project-urls.ts';
import { explainWriteProblem } from '../../base/file-problem.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { codeOf } from '../../base/thrown.ts';
import { refuseInDeletedFolder } from '../definitions/existing-folder.ts';
import { importFile } from '../../config/import/import-file.ts';
import { groupNotes } from '../../config/import/draft/group-notes.ts';
import { asWritten } from '../../config/import/draft/idiomatic.ts';
import { absolutePath } from '../../config/import/draft/folder-of.ts';
import { withRelativePaths } from '../../config/import/draft/relative-paths.ts';
import type { Imported } from '../../config/import/draft/imported.ts';
import { renderYaml } from '../../config/import/render-yaml.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import type { RunOf } from '../command/command.ts';
import type { SET_UP_COMMANDS } from '../command-groups/set-up-commands.ts';
import { reportError } from '../output/report-error.ts';
import type { Terminal } from '../output/terminal.ts';

export const run: RunOf<typeof SET_UP_COMMANDS.import> = async ({ terminal }, [file = ''], options) => {
  const output = options.stdout ? null : absolutePath(options.output);
  const isFile = file !== '-' && file !== 'pm2';
  // A file that cannot be read is reported first, and JavaScript is not executed in vain.
  if (output !== null && !options.force && existsSync(output) && (!isFile || existsSync(file)))
    throw isFile && absolutePath(file) === output ? ownFile(file) : alreadyExists(output);
  try {
    if (isFile) refuseInDeletedFolder(file);
    terminal.progress(`reading ${sanitizeText(file)}`);
    const read = await importFile(file, {
      kind: options.kind ?? null,
      envName: options.env ?? null,
    }).finally(() => {
      terminal.progress(null);
    });
    if (read.isExecuted && !terminal.json)
      terminal.note(`"${sanitizeText(read.source)}" is JavaScript and was executed to read it`);
    const imported = asWritten(output === null ? read : withRelativePaths(read, dirname(output)));
    reportLosses(terminal, imported);
    if (imported.programs.length === 0) throw nothingImported(file);
    const yaml = renderYaml(imported, { source: read.source, schema: SCHEMA_URL });
    if (output !== null) await write(output, yaml, options.force);
    reportResult(terminal, imported, yaml, output);
    return 0;
  } catch (error) {
    // The usage is correct; the content of the file is not.
    if (toHealerError(error).code !== 'INVALID_CONFIG') throw error;
    reportError(error, { json: terminal.json });
    return 1;
  }
};

/** Writes a file that only its owner can read, because environment variables often hold secrets. */
async function write(output: string, yaml: string, force: boolean): Promise<void> {
  try {
    if (force) replaceFile(output, yaml);
    else await writeFile(output, yaml, { flag: 'wx', mode: PRIVATE_FILE });
  } catch (error) {
    if (!force && codeOf(error) === 'EEXIST') throw alreadyExists(output);
    const message = `cannot write "${output}": ${explainWriteProblem(output, error)}`;
    throw new HealerError('IO_ERROR', message, { path: output });
  }
}

function reportLosses(terminal: Terminal, { programs, notes }: Imported): void {
  if (terminal.json) return;
  const all = [...notes, ...programs.flatMap((program) => program.notes)];
  const reported = all.filter(({ weight }) => weight === 'loss' || weight === 'minor');
  for (const line of groupNotes(reported)) terminal.note(sanitizeText(line));
}

function reportResult(terminal: Terminal, { programs, notes }: Imported, yaml: string, output: string | null): void {
  if (terminal.json) {
    const all = [...notes, ...programs.flatMap((program) => program.notes)];
    terminal.printJson({ output, processes: programs.map(({ id }) => id), notes: all, yaml });
  } else if (output === null) terminal.print(yaml.trimEnd());
  else {
    terminal.print(`Wrote ${programs.length === 1 ? '1 program' : `${programs.length} programs`} to ${output}.`);
    terminal.print(terminal.style.faint(`Review it, then start the programs with "healer up -f ${basename(output)}".`));
  }
}

function alreadyExists(output: string): HealerError {
  const message = `"${output}" already exists — use --force to overwrite it, -o for another file, or --stdout to print`;
  return new HealerError('ALREADY_EXISTS', message, { path: output });
}

function ownFile(file: string): HealerError {
  const message = `"${file}" is the file that would be written — start its programs with "healer up -f ${file}", or name the file of another program manager`;
  return new HealerError('ALREADY_EXISTS', message, { path: file });
}

function nothingImported(file: string): HealerError {
  return new HealerError('INVALID_CONFIG', `"${file}" contains nothing that can be imported`, { file });
}
