import { resolve } from 'node:path';
import { commandFrom } from '../draft/command-from.ts';
import { convertFields } from '../draft/convert-field.ts';
import { escapeDollars, escapeReferences } from '../draft/escape-references.ts';
import type { ReadyDraft } from '../draft/finish-drafts.ts';
import type { SpecDraft } from '../draft/imported.ts';
import { interpolate } from '../draft/interpolate.ts';
import { type Fields, fieldsOf, listOf } from '../draft/plain-values.ts';
import { ProgramDraft } from '../draft/program-draft.ts';
import { readShellLine } from '../draft/shell-line.ts';
import { textOf } from '../draft/text-of.ts';
import type { YamlText } from '../draft/yaml-text.ts';
import { PROCESS_FIELDS } from './process-fields.ts';
import { convertProbes } from './probe.ts';
import { fillTemplate } from './template.ts';

/** The settings of a project that apply to all of its processes. */
export interface ProjectContext {
  readonly yaml: YamlText;
  readonly folder: string;
  readonly shell: readonly [command: string, argument: string];
  readonly environment: readonly string[];
  readonly vars: Fields;
  /** Whether `$NAME` is expanded when the file is read. */
  readonly isExpanded: boolean;
  /** The `.env` file next to the project, whose variables all processes get; null for none. */
  readonly envFile: string | null;
}

/** Converts a process; to several drafts when its replicas differ by their number. */
export function convertProcess(name: string, process: Fields, context: ProjectContext): readonly ReadyDraft[] {
  const place = context.yaml.placeOf(['processes', name]);
  const replicas = Number(process['replicas'] ?? 1);
  const isNumbered = JSON.stringify(process).includes('PC_REPLICA_NUM');
  if (!Number.isInteger(replicas) || replicas <= 1 || !isNumbered) {
    const draft = draftOf(name, process, context, { number: 0 });
    if (Number.isInteger(replicas) && replicas > 1) draft.set({ instances: replicas });
    return [{ draft, place, isLiteral: false }];
  }
  return Array.from({ length: replicas }, (_, number) => {
    const draft = draftOf(`${name}-${String(number)}`, process, context, { series: name, number });
    draft.series = name;
    draft.set({ env: { ...draft.spec.env, PC_REPLICA_NUM: String(number) } });
    // Notes that apply to all replicas are added once.
    if (number > 0) draft.notes.splice(0);
    return { draft, place, isLiteral: false };
  });
}

function draftOf(
  name: string,
  written: Fields,
  context: ProjectContext,
  { series = name, number = null }: { readonly series?: string; readonly number?: number | null } = {},
): ProgramDraft {
  const draft = new ProgramDraft(name);
  const own = { PC_PROC_NAME: series, ...(number !== null && { PC_REPLICA_NUM: number }) };
  const process = filled(written, { ...context.vars, ...fieldsOf(written['vars']), ...own }, draft);
  const { yaml, folder, envFile } = context;
  const expand = (text: string): string => (context.isExpanded ? interpolate(text, {}) : escapeDollars(text));
  const { env, ...command } = commandOf(process, context, draft);
  const workingFolder = process['working_dir'];
  const cwd = typeof workingFolder === 'string' && workingFolder !== '' ? expand(workingFolder) : '.';
  const variables = {
    ...variablesOf([...context.environment, ...listOf(process['environment']).map(textOf)], expand),
    ...env,
  };
  const place = cwd.startsWith('$') ? cwd : resolve(folder, cwd);
  draft.set({
    ...command,
    command: commandFrom(place, command.command),
    cwd: place,
    ...(Object.keys(variables).length > 0 && { env: variables }),
    ...(envFile !== null && process['is_dotenv_disabled'] !== true && { envFile }),
    // As in process-compose: a program that exits is not started again, and a stop signals its group and takes at most 10 s.
    restart: { policy: 'never' },
    stop: { target: 'group', gracefulTimeoutMs: STOP_TIMEOUT_MS },
  });
  const fields = Object.entries(process).map(([key, value]) => {
    return [key, value, yaml.placeOf(['processes', series, key])] as const;
  });
  convertFields(fields, PROCESS_FIELDS, draft, 'process-compose');
  convertStopCommand(process, context, draft);
  convertProbes(
    process,
    { expand, placeOf: (key) => yaml.placeOf(['processes', series, key]), shell: context.shell },
    draft,
  );
  return draft;
}

function commandOf(process: Fields, { shell, isExpanded }: ProjectContext, draft: ProgramDraft): SpecDraft {
  const expand = (text: string): string => (isExpanded ? interpolate(text, {}) : escapeDollars(text));
  const { entrypoint, command } = process;
  if (Array.isArray(entrypoint) && entrypoint.length > 0 && (command === undefined || command === '')) {
    const [first = '', ...args] = entrypoint.map((word) => expand(textOf(word)));
    return { command: first, ...(args.length > 0 && { args }) };
  }
  if (typeof command !== 'string' || command.trim() === '') {
    draft.problem ??= 'it has no command';
    return { command: '' };
  }
  // A variable has the same value for the shell as for process-compose, but may be set by the program's own environment.
  const line = (isExpanded ? command.replaceAll('$$', '$') : command).trim();
  const read = escapeReferences(readShellLine(line));
  if (read.shell !== true) return read;
  const [interpreter, argument] = shell;
  return { command: interpreter, args: [...wordsOf(argument), escapeDollars(line)] };
}

/** Converts the command of a shutdown. process-compose gives it 10 s by default, and kills the program if it fails. */
function convertStopCommand(process: Fields, { shell, isExpanded }: ProjectContext, draft: ProgramDraft): void {
  const { command, timeout_seconds: timeout } = fieldsOf(process['shutdown']);
  if (typeof command !== 'string' || command.trim() === '') return;
  const [interpreter, argument] = shell;
  const timeoutMs = Number(timeout ?? 0) > 0 ? Math.max(1, Math.round(Number(timeout) * 1000)) : STOP_TIMEOUT_MS;
  const script = escapeDollars(isExpanded ? command.replaceAll('$$', '$') : command);
  draft.extend('stop', { command: { command: interpreter, args: [...wordsOf(argument), script], timeoutMs } });
}

const STOP_TIMEOUT_MS = 10_000;

function wordsOf(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

function variablesOf(pairs: readonly string[], expand: (text: string) => string): Record<string, string> {
  const split = pairs.map((pair) => {
    const at = pair.indexOf('=');
    return at === -1 ? [pair, `\${${pair}:-}`] : [pair.slice(0, at), expand(pair.slice(at + 1))];
  });
  return Object.fromEntries(split) as Record<string, string>;
}

/** Fills in the variables of templates. A program whose template has more than variables is left out. */
function filled(process: Fields, vars: Fields, draft: ProgramDraft): Fields {
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const { text, unknown } = fillTemplate(value, vars);
      if (unknown !== null) draft.problem ??= `the template "${unknown}" cannot be filled in`;
      return text;
    }
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner)]));
  };
  return fill(process) as Fields;
}
