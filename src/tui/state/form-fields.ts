import { splitWords } from '../../base/split-words.ts';
import type { DefinitionChanges } from '../../protocol/definition.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { quoteWord } from '../style/quote-word.ts';

/** What a field says of the definition; the engine's schema says whether that is allowed. */
export type FieldValue =
  | { readonly kind: 'value'; readonly value: DefinitionChanges }
  | { readonly kind: 'problem'; readonly message: string };

interface FormField<Key extends string> {
  readonly key: Key;
  readonly label: string;
  readonly hint: string;
  /** Where there are only a few values. */
  readonly choices?: readonly string[];
  /** Of a new program. */
  readonly initial: string;
  /** The places of the definition that its problems name. */
  readonly paths: readonly string[];
  readonly read: (spec: ProcessSpec) => string;
  readonly write: (text: string) => FieldValue;
}

const YES_NO = ['yes', 'no'] as const;
const POLICIES = ['on-failure', 'always', 'never'] as const;
const HEALING = ['heal', 'observe'] as const;

function value(part: DefinitionChanges): FieldValue {
  return { kind: 'value', value: part };
}

function problem(message: string): FieldValue {
  return { kind: 'problem', message };
}

function numberField(text: string, write: (number: number | null) => DefinitionChanges, unit: string): FieldValue {
  if (text === '' || text === 'none') return value(write(null));
  const number = Number(text.replace(/\s*(?:%|mb?|s)$/i, ''));
  return Number.isFinite(number) ? value(write(number)) : problem(`a number of ${unit}, or empty for none`);
}

function choiceField<Choice extends string>(
  choices: readonly Choice[],
  text: string,
  write: (choice: Choice) => DefinitionChanges,
): FieldValue {
  const chosen = choices.find((choice) => choice === text);
  return chosen === undefined ? problem(`one of ${choices.join(', ')}`) : value(write(chosen));
}

function readNumber(number: number | null): string {
  return number === null ? '' : String(number);
}

function fields<const Key extends string>(table: readonly FormField<Key>[]): readonly FormField<Key>[] {
  return table;
}

/** The fields of the dialogs, from top to bottom. */
export const FORM_FIELDS = fields([
  {
    key: 'id',
    label: 'Id',
    hint: 'names the program everywhere, e.g. web',
    initial: '',
    paths: ['id'],
    read: ({ id }) => id,
    write: (text) => (text === '' ? problem('a program needs an id') : value({})),
  },
  {
    key: 'command',
    label: 'Command',
    hint: 'with its arguments, as in a shell: node server.js --port 8080',
    initial: '',
    paths: ['command', 'args'],
    read: ({ command, args }) => [command, ...args].map(quoteWord).join(' '),
    write: writeCommand,
  },
  {
    key: 'cwd',
    label: 'Folder',
    hint: "where it runs; empty is the engine's own",
    initial: '',
    paths: ['cwd'],
    read: ({ cwd }) => cwd ?? '',
    write: (text) => value({ cwd: text === '' ? null : text }),
  },
  {
    key: 'cpu',
    label: 'CPU limit',
    hint: 'percent of one core; empty is unlimited',
    initial: '',
    paths: ['limits.cpuPercent'],
    read: ({ limits }) => readNumber(limits.cpuPercent),
    write: (text) => numberField(text, (cpuPercent) => ({ limits: { cpuPercent } }), 'percent'),
  },
  {
    key: 'memory',
    label: 'Memory limit',
    hint: 'MB; empty is unlimited',
    initial: '',
    paths: ['limits.memoryMb'],
    read: ({ limits }) => readNumber(limits.memoryMb),
    write: (text) => numberField(text, (memoryMb) => ({ limits: { memoryMb } }), 'MB'),
  },
  {
    key: 'restart',
    label: 'Restart',
    hint: 'when it is started again after it ended by itself',
    choices: POLICIES,
    initial: 'on-failure',
    paths: ['restart.policy'],
    read: ({ restart }) => restart.policy,
    write: (text) => choiceField(POLICIES, text, (policy) => ({ restart: { policy } })),
  },
  {
    key: 'healing',
    label: 'Healing',
    hint: 'observe only tells what would have been done',
    choices: HEALING,
    initial: 'heal',
    paths: ['healing'],
    read: ({ healing }) => healing,
    write: (text) => choiceField(HEALING, text, (healing) => ({ healing })),
  },
  {
    key: 'autostart',
    label: 'Autostart',
    hint: 'whether it starts with the engine',
    choices: YES_NO,
    initial: 'yes',
    paths: ['autostart'],
    read: ({ autostart }) => (autostart ? 'yes' : 'no'),
    write: (text) => choiceField(YES_NO, text, (choice) => ({ autostart: choice === 'yes' })),
  },
  {
    key: 'env',
    label: 'Environment',
    hint: 'NAME=value, several with blanks between them',
    initial: '',
    paths: ['env'],
    read: ({ env }) =>
      Object.entries(env)
        .map(([name, text]) => quoteWord(`${name}=${text}`))
        .join(' '),
    write: writeEnv,
  },
  {
    key: 'schedule',
    label: 'Planned restart',
    hint: 'a cron expression such as 0 4 * * *; empty is never',
    initial: '',
    paths: ['schedule'],
    read: ({ schedule }) => schedule ?? '',
    write: (text) => value({ schedule: text === '' ? null : text }),
  },
]);

export type FieldKey = (typeof FORM_FIELDS)[number]['key'];

/** An id cannot be changed, and a variable cannot be taken away by a change. */
export const EDIT_FIELDS = FORM_FIELDS.filter(({ key }) => key !== 'id' && key !== 'env');

const FIELD_OF = new Map(FORM_FIELDS.map((field) => [field.key, field]));

export function fieldNamed(key: FieldKey): FormField<FieldKey> {
  const field = FIELD_OF.get(key);
  if (field === undefined) throw new Error(`there is no field "${key}"`);
  return field;
}

function writeCommand(text: string): FieldValue {
  const { words, problem: unfinished } = splitWords(text);
  if (unfinished !== null) return problem(`${unfinished.message}: ${unfinished.hint}`);
  const [command, ...args] = words.map((word) => word.text);
  return command === undefined ? problem('a program needs a command') : value({ command, args });
}

function writeEnv(text: string): FieldValue {
  const { words, problem: unfinished } = splitWords(text);
  if (unfinished !== null) return problem(`${unfinished.message}: ${unfinished.hint}`);
  const wrong = words.find((word) => word.text.indexOf('=') < 1);
  if (wrong !== undefined) return problem(`"${wrong.text}" is not NAME=value`);
  const entries = words.map((word): [string, string] => {
    const at = word.text.indexOf('=');
    return [word.text.slice(0, at), word.text.slice(at + 1)];
  });
  return value({ env: Object.fromEntries(entries) });
}
