import { resolve } from 'node:path';
import type { SpecDraft } from '../draft/imported.ts';
import { ProgramDraft } from '../draft/program-draft.ts';
import { splitWords } from '../../../base/split-words.ts';
import type { ConfSection, ConfValue } from '../draft/conf-file.ts';
import { parseEnvironment } from './environment.ts';
import { expandNow, expandText, type Names } from './expressions.ts';
import { inOrder, parseCount, parseFirstNumber, PROGRAM_FIELDS, setDefaultRetries } from './program-fields.ts';

interface ProgramContext {
  readonly program: string;
  readonly host: string;
  readonly group: string;
  /** The settings of [supervisord] for all programs. */
  readonly defaults: Partial<SpecDraft>;
}

/** supervisord's default for `stopwaitsecs`. */
const STOP_WAIT_MS = 10_000;

/** Fields whose difference turns the processes of a section into separate programs. */
const DISTINGUISHING_FIELDS = ['command', 'environment', 'directory', 'user', 'umask'];

/** Converts a `[program:x]` section. Identical processes become instances, different ones become separate programs. */
export function convertProgram(section: ConfSection, context: ProgramContext): ProgramDraft[] {
  const names = namesOf(section, context);
  const count = parseCount(numberIn(section, 'numprocs', names)) ?? 1;
  const first = parseFirstNumber(numberIn(section, 'numprocs_start', names)) ?? 0;
  const differ = DISTINGUISHING_FIELDS.some((key) => section.values.get(key)?.text.includes('%(process_num)') === true);
  const numbers = differ && count > 1 ? Array.from({ length: count }, (_, index) => first + index) : [first];
  return numbers.map((number, index) => {
    const own = new Map([...names, ['process_num', number] as const, ['numprocs', count] as const]);
    const draft = draftOf(section, context, own, count > 1 && !differ);
    if (!differ && count > 1) addInstances(draft, section, count);
    // Notes that apply to all processes are added once.
    if (index > 0) draft.notes.splice(0);
    return draft;
  });
}

function namesOf({ folder }: ConfSection, { program, host, group }: ProgramContext): Map<string, string | number> {
  return new Map([
    ['here', folder],
    ['program_name', program],
    ['host_node_name', host],
    ['group_name', group],
  ]);
}

function numberIn({ values }: ConfSection, key: string, names: Names): string {
  return expandNow(values.get(key)?.text ?? '', names).text;
}

function addInstances(draft: ProgramDraft, { values, place }: ConfSection, count: number): void {
  draft.set({ instances: count });
  const written = values.get('process_name');
  const last = `${draft.name}-${count - 1}`;
  draft.note('detail', written?.place ?? place, `the instances are named ${draft.name}-0 to ${last}`);
}

function draftOf(section: ConfSection, context: ProgramContext, names: Names, isGroup: boolean): ProgramDraft {
  const processName = section.values.get('process_name')?.text ?? '%(program_name)s';
  const draft = new ProgramDraft(isGroup ? context.program : expandNow(processName, names).text);
  const env = readEnvironment(section, context, names, draft);
  const known: Names = new Map([
    ...names,
    ...Object.entries(env).map(([name, value]) => [`ENV_${name}`, String(value)] as const),
  ]);
  draft.set({ ...commandOf(section, known, draft), ...context.defaults, stop: { gracefulTimeoutMs: STOP_WAIT_MS } });
  if (section.broken !== null)
    draft.problem ??= `${section.broken}: neither a section nor "key = value", and supervisord rejects the file`;
  if (Object.keys(env).length > 0) draft.set({ env });
  for (const [key, value] of inOrder(section.values)) convertField(key, value, known, draft);
  if (draft.spec.restart?.maxAttempts === undefined) setDefaultRetries(draft);
  placeCommand(section, draft);
  return draft;
}

function readEnvironment(
  { values }: ConfSection,
  { defaults }: ProgramContext,
  names: Names,
  draft: ProgramDraft,
): NonNullable<SpecDraft['env']> {
  const written = values.get('environment');
  if (written === undefined) return { ...defaults.env };
  const own = parseEnvironment(expandReported(written, names, draft));
  if (own === null) draft.lose(written.place, 'environment is not of the form KEY="value",…; it was left out');
  return { ...defaults.env, ...own };
}

function commandOf({ values }: ConfSection, names: Names, draft: ProgramDraft): SpecDraft {
  const written = values.get('command');
  if (written === undefined) return { command: '' };
  const line = expandReported(written, names, draft).replaceAll('\n', ' ');
  const { words, problem } = splitWords(line);
  if (problem !== null) draft.problem = `command: ${problem.message} (column ${problem.column})`;
  const [unknown] = expandText(written.text, names).unknown;
  if (unknown !== undefined) draft.problem = `command: "${unknown}" cannot be expanded`;
  if (splitWords(expandNow(written.text, names).text.replaceAll('\n', ' ')).words.length !== words.length) {
    draft.lose(written.place, 'command: a variable with several words or none is passed as one argument');
  }
  const [command = '', ...args] = words.map(({ text }) => text);
  return { command, ...(args.length > 0 && { args }) };
}

function convertField(key: string, value: ConfValue, names: Names, draft: ProgramDraft): void {
  const convert = Object.hasOwn(PROGRAM_FIELDS, key) ? PROGRAM_FIELDS[key] : undefined;
  if (convert === undefined)
    draft.lose(value.place, `"${key}" is not a documented field of supervisord; it was left out`);
  else {
    const now = expandNow(value.text, names).text.trim();
    convert({ now, text: () => expandReported(value, names, draft), key, place: value.place, draft });
  }
}

function expandReported(value: ConfValue, names: Names, draft: ProgramDraft): string {
  const { text, unknown } = expandText(value.text, names);
  for (const expression of unknown) draft.lose(value.place, `"${expression}" cannot be expanded and was kept`);
  return text.trim();
}

/** Resolves a relative command from the working directory, or else from the folder of the file. */
function placeCommand({ folder }: ConfSection, draft: ProgramDraft): void {
  const { command, cwd } = draft.spec;
  const isRelative = command.includes('/') && !/^[/$]/.test(command);
  if (isRelative) draft.set({ command: resolve(cwd?.startsWith('/') === true ? cwd : folder, command) });
}
