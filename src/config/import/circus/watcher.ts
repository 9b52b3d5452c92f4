import { join, resolve } from 'node:path';
import { splitWords } from '../../../base/split-words.ts';
import { commandFrom } from '../draft/command-from.ts';
import type { ConfSection, ConfValue } from '../draft/conf-file.ts';
import { convertFields } from '../draft/convert-field.ts';
import { escapeDollars } from '../draft/escape-references.ts';
import { ProgramDraft } from '../draft/program-draft.ts';
import { setCooldown } from './flapping.ts';
import { type CircusSockets, UsedSockets } from './sockets.ts';
import { WATCHER_FIELDS } from './watcher-fields.ts';

interface WatcherContext {
  readonly name: string;
  readonly env: readonly (readonly [name: string, value: ConfValue])[];
  readonly sockets: CircusSockets;
  /** The settings of the plugin "flapping"; null if it is not used. */
  readonly flapping: ReadonlyMap<string, ConfValue> | null;
}

const ON = /^(?:true|yes|on|1)$/i;
/** `$(circus.wid)` and the form with double parentheses. */
const VARIABLE = /\$\(circus\.([\w.-]+)\)|\(\(circus\.([\w.-]+)\)\)/gi;

/** Converts a watcher; to several drafts when its processes differ by their number. */
export function convertWatcher(section: ConfSection, context: WatcherContext): readonly ProgramDraft[] {
  const { name } = context;
  const count = Number(section.values.get('numprocesses')?.text ?? 1);
  const isNumbered = [...section.values.values()].some(({ text }) => /circus\.wid/i.test(text));
  const isCount = Number.isInteger(count) && count >= 0 && count <= MOST_PROCESSES;
  if (!isNumbered || !isCount || count <= 1) {
    const draft = draftOf(section, context, 1);
    if (isCount && count !== 1) draft.set({ instances: count });
    if (!isCount) draft.lose(section.place, 'numprocesses: not an allowed number; one process was imported');
    return [draft];
  }
  return Array.from({ length: count }, (_, index) => {
    const draft = draftOf(section, context, index + 1, `${name}-${String(index + 1)}`);
    // Notes that apply to all processes are added once.
    if (index > 0) draft.notes.splice(0);
    return draft;
  });
}

const MOST_PROCESSES = 1000;

function draftOf(
  { values, folder, place, broken }: ConfSection,
  { name, env: variables, sockets, flapping }: WatcherContext,
  number: number,
  own = name,
): ProgramDraft {
  const draft = new ProgramDraft(own);
  if (broken !== null) draft.problem = `${broken}: neither a section nor "key = value", and circus rejects the file`;
  const env = environmentOf(variables, ON.test(values.get('copy_env')?.text ?? ''));
  const used = new UsedSockets(sockets);
  const expand = (text: string): string => expandCircus(text, { number, env, used }, draft);
  const directory = values.get('working_dir')?.text ?? '.';
  const cwd = expand(directory);
  draft.set({ cwd: cwd.startsWith('$') ? cwd : resolve(folder, cwd) });
  if (Object.keys(env).length > 0) draft.set({ env });
  // Without copy_env, circus starts processes with the variables of the file alone.
  if (!ON.test(values.get('copy_env')?.text ?? '')) draft.set({ inheritEnv: false });
  draft.set({ restart: { policy: 'always', backoffMs: [0] } });
  if (flapping !== null) setCooldown(flapping, values, draft);
  setCommand(values, expand, draft);
  if (used.list.length > 0) draft.set({ sockets: used.list });
  const fields = [...values].map(([key, value]) => [key, value.text.trim(), value.place] as const);
  convertFields(fields, WATCHER_FIELDS, draft, 'circus');
  if (!values.has('cmd')) draft.lose(place, 'it has no cmd');
  return draft;
}

/** Names are upper case in the environment, and values may refer to other variables. */
function environmentOf(variables: WatcherContext['env'], copiesEnvironment: boolean): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, { text }] of variables) {
    env[name.toUpperCase()] = escapeDollars(text).replace(
      /\$\$(?:\{(\w+)\}|(\w+))/g,
      (_whole, braced?: string, bare?: string) => {
        const other = braced ?? bare ?? '';
        const known = other === name.toUpperCase() ? undefined : env[other];
        return known ?? (copiesEnvironment || other === 'PATH' ? `\${${other}:-}` : '');
      },
    );
  }
  return env;
}

interface Expansion {
  readonly number: number;
  readonly env: Readonly<Record<string, string>>;
  readonly used: UsedSockets;
}

function expandCircus(text: string, { number, env, used }: Expansion, draft: ProgramDraft): string {
  const parts: string[] = [];
  let at = 0;
  for (const match of text.matchAll(VARIABLE)) {
    const name = match[1] ?? match[2] ?? '';
    const [kind = '', ...rest] = name.split('.');
    parts.push(escapeDollars(text.slice(at, match.index)));
    at = match.index + match[0].length;
    if (kind.toLowerCase() === 'wid') parts.push(String(number));
    else if (kind.toLowerCase() === 'env')
      parts.push(env[rest.join('.').toUpperCase()] ?? `\${${rest.join('.').toUpperCase()}:-}`);
    else {
      const fd = kind.toLowerCase() === 'sockets' ? used.use(rest.join('.')) : null;
      if (fd !== null) {
        parts.push(String(fd));
        continue;
      }
      if (kind.toLowerCase() === 'sockets')
        draft.problem ??= `it needs the socket "${rest.join('.')}", which circus opens for it`;
      else draft.problem ??= `"${match[0]}" cannot be expanded`;
      parts.push(match[0]);
    }
  }
  return parts.join('') + escapeDollars(text.slice(at));
}

function setCommand(values: ConfSection['values'], expand: (text: string) => string, draft: ProgramDraft): void {
  const read = (key: string): string => expand((values.get(key)?.text ?? '').replaceAll('\n', ' ')).trim();
  const line = [read('cmd'), read('args')].filter((part) => part !== '').join(' ');
  if (ON.test(values.get('shell')?.text ?? '')) {
    draft.set({ command: line, shell: true });
    return;
  }
  const { words, problem } = splitWords(line);
  if (problem !== null) draft.problem ??= `cmd: ${problem.message} (column ${String(problem.column)})`;
  const [written = '', ...args] = words.map(({ text }) => text);
  const executable = read('executable');
  const command = placed(executable === '' ? written : executable, values, expand, draft);
  const own = executable === '' ? args : [written, ...args];
  draft.set({ command, ...(own.length > 0 && { args: own }) });
}

/** A relative path is resolved from the working directory, and the programs of a virtual environment come first. */
function placed(
  command: string,
  values: ConfSection['values'],
  expand: (text: string) => string,
  draft: ProgramDraft,
): string {
  const virtualenv = values.get('virtualenv');
  if (virtualenv !== undefined && /^(?:python[\d.]*|gunicorn|celery|flask|uvicorn|pip)$/.test(command))
    return join(expand(virtualenv.text), 'bin', command);
  return commandFrom(draft.spec.cwd ?? '/', command);
}
