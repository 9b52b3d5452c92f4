import { resolve } from 'node:path';
import { splitWords } from '../../base/split-words.ts';
import { HealerError } from '../../protocol/errors.ts';
import { commandFrom } from './draft/command-from.ts';
import { type Convert, convertedElsewhere, convertFields, detail, lost } from './draft/convert-field.ts';
import { escapeDollars, escapeReferences } from './draft/escape-references.ts';
import { finishDrafts, type ReadyDraft } from './draft/finish-drafts.ts';
import { folderOf } from './draft/folder-of.ts';
import type { Imported, ImportNote, SpecDraft } from './draft/imported.ts';
import { OWN_LOG } from './draft/own-log.ts';
import { type Fields, fieldsOf, isFields, listOf } from './draft/plain-values.ts';
import { ProgramDraft } from './draft/program-draft.ts';
import { readShellLine } from './draft/shell-line.ts';
import { textOf } from './draft/text-of.ts';
import { parseYamlFile, type YamlText } from './draft/yaml-text.ts';

/**
 * Converts an mprocs.yaml. As in mprocs, a program that exits is not started again unless it has `autorestart`.
 * @throws HealerError INVALID_CONFIG when the file is invalid or contains no `procs`
 */
export function importMprocs(text: string, file: string): Imported {
  const yaml = parseYamlFile(text, file);
  const { procs, ...others } = fieldsOf(yaml.value);
  if (!isFields(procs)) {
    throw new HealerError('INVALID_CONFIG', `"${file}" contains no programs: it has to contain a map "procs"`, {
      file,
    });
  }
  const notes = Object.keys(others).map((key): ImportNote => {
    return { weight: 'detail', place: yaml.placeOf([key]), message: `${key}: concerns only mprocs` };
  });
  const drafts = Object.entries(procs).flatMap(([name, written]): ReadyDraft[] => {
    const place = yaml.placeOf(['procs', name]);
    const value = selected(written);
    if (value === null || value === undefined) return [];
    return [{ draft: draftOf(name, value, { yaml, place, folder: folderOf(file) }), place, isLiteral: false }];
  });
  return finishDrafts(drafts, notes);
}

interface ProcContext {
  readonly yaml: YamlText;
  readonly place: string;
  readonly folder: string;
}

function draftOf(name: string, value: unknown, { yaml, place, folder }: ProcContext): ProgramDraft {
  const proc: Fields = isFields(value) ? value : Array.isArray(value) ? { cmd: value } : { shell: value };
  const draft = new ProgramDraft(name);
  const { env, ...command } = commandOf(proc, draft);
  draft.set({ ...command, cwd: folder, ...(env !== undefined && { env }) });
  // mprocs starts a program only once by default, and signals only the main process.
  draft.set({ restart: { policy: 'never' } });
  const fields = Object.entries(proc).map(([key, one]) => {
    return [key, selected(one), isFields(value) ? yaml.placeOf(['procs', name, key]) : place] as const;
  });
  convertFields(fields, FIELDS, draft, 'mprocs');
  placePaths(draft, proc, folder);
  draft.spec = escapeReferences(draft.spec);
  extendPath(draft, listOf(selected(proc['add_path'])), folder);
  return draft;
}

function commandOf(proc: Fields, draft: ProgramDraft): SpecDraft {
  const shell = selected(proc['shell']);
  if (typeof shell === 'string') return readShellLine(shell);
  const cmd = selected(proc['cmd']);
  const [command, ...args] = typeof cmd === 'string' ? wordsOf(cmd, draft) : listOf(cmd).map(textOf);
  if (command === undefined) draft.problem ??= 'it has neither "shell" nor "cmd"';
  return { command: command ?? '', ...(args.length > 0 && { args }) };
}

function wordsOf(line: string, draft: ProgramDraft): readonly string[] {
  const { words, problem } = splitWords(line);
  if (problem !== null) draft.problem = `cmd: ${problem.message} (column ${String(problem.column)})`;
  return words.map(({ text }) => text);
}

/** A relative `cwd` is resolved from the folder of the file, and a relative command from there. */
function placePaths(draft: ProgramDraft, proc: Fields, folder: string): void {
  const written = selected(proc['cwd']);
  const cwd = typeof written === 'string' ? resolve(folder, written.replace('<CONFIG_DIR>', folder)) : folder;
  const { command, shell } = draft.spec;
  draft.set({ cwd, command: shell === true ? command : commandFrom(cwd, command) });
}

/** Values can depend on the operating system: `{ $select: os, windows: …, $else: … }`. */
function selected(value: unknown): unknown {
  if (!isFields(value) || value['$select'] !== 'os') return value;
  return value['linux'] ?? value['$else'];
}

const convertVariables: Convert = (value, { draft, place }) => {
  const kept: Record<string, string> = {};
  for (const [name, written] of Object.entries(fieldsOf(value))) {
    const content = selected(written);
    if (content === null) draft.lose(place, `${name} cannot be removed from the environment; it was left out`);
    else kept[name] = textOf(content);
  }
  if (Object.keys(kept).length > 0) draft.set({ env: { ...draft.spec.env, ...kept } });
};

/** mprocs appends folders to PATH. The reference is expanded with the environment of the engine. */
function extendPath(draft: ProgramDraft, added: readonly unknown[], folder: string): void {
  if (added.length === 0) return;
  const { PATH = '${PATH}', ...env } = draft.spec.env ?? {};
  const folders = added.map((path) => escapeDollars(resolve(folder, textOf(path))));
  draft.set({ env: { ...env, PATH: [PATH, ...folders].join(':') } });
}

const convertStop: Convert = (value, { draft, place }) => {
  if (value === 'SIGINT' || value === 'SIGTERM') draft.extend('stop', { signal: value });
  else if (value === 'SIGKILL' || value === 'hard-kill') draft.extend('stop', { signal: 'SIGKILL' });
  else if (isInterrupt(value)) draft.extend('stop', { signal: 'SIGINT', target: 'group' });
  else draft.lose(place, 'stop: keys cannot be sent to a program; SIGTERM stops it');
};

/** Ctrl+C in a terminal sends SIGINT to the group in the foreground. */
function isInterrupt(value: unknown): boolean {
  const keys = fieldsOf(value)['send-keys'];
  return Array.isArray(keys) && keys.length > 0 && keys.every((key) => key === '<C-c>' || key === '<c-c>');
}

const convertDependencies: Convert = (value, { draft, place }) => {
  for (const name of listOf(value)) draft.needs.push({ name: textOf(name), condition: 'started', place });
};

const FIELDS: Readonly<Record<string, Convert>> = {
  shell: convertedElsewhere,
  cmd: convertedElsewhere,
  cwd: convertedElsewhere,
  env: convertVariables,
  add_path: convertedElsewhere,
  autostart: (value, { draft }) => {
    if (value === false) draft.set({ autostart: false });
  },
  autorestart: (value, { draft }) => {
    if (value === true) draft.set({ restart: { policy: 'always' } });
  },
  stop: convertStop,
  deps: convertDependencies,
  log: (_value, { draft, place }) => draft.note('minor', place, OWN_LOG),
  log_dir: (_value, { draft, place }) => draft.note('minor', place, OWN_LOG),
  mouse_scroll_speed: detail('concerns only the screen of mprocs'),
  scrollback: detail('concerns only the screen of mprocs'),
  on_exit: lost('actions after an exit have no equivalent'),
};
