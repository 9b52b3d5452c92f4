import { splitWords } from '../../base/split-words.ts';
import { quoteWord } from '../style/quote-word.ts';
import {
  choiceField,
  durationOf,
  fields,
  type FieldValue,
  type FormField,
  numberField,
  problem,
  readDuration,
  readNumber,
  value,
  YES_NO,
} from './form-field.ts';
import { FAULT_FIELDS } from './fault-fields.ts';

const OVERLAPS = ['skip', 'queue', 'replace'] as const;
const STRATEGIES = ['signal', 'overlap', 'rolling'] as const;
const POLICIES = ['on-failure', 'always', 'never'] as const;
const HEALING = ['heal', 'observe'] as const;

const PROGRAM_FIELDS = fields([
  {
    key: 'id',
    label: 'Id',
    hint: 'the unique name of the program, such as web',
    initial: '',
    paths: ['id'],
    read: ({ id }) => id,
    write: (text) => (text === '' ? problem('an id is required') : value({})),
  },
  {
    key: 'command',
    label: 'Command',
    hint: 'the command with its arguments, quoted as in a shell: node server.js --port 8080',
    restarts: true,
    initial: '',
    paths: ['command', 'args'],
    read: ({ command, args }) => [command, ...args].map(quoteWord).join(' '),
    write: writeCommand,
  },
  {
    key: 'cwd',
    label: 'Directory',
    hint: "the working directory; empty for the engine's own",
    restarts: true,
    initial: '',
    paths: ['cwd'],
    read: ({ cwd }) => cwd ?? '',
    write: writeFolder,
  },
  {
    key: 'cpu',
    label: 'CPU limit',
    hint: 'in percent of one core; empty for no limit',
    unit: '% of one core',
    initial: '',
    paths: ['limits.cpuPercent'],
    read: ({ limits }) => readNumber(limits.cpuPercent),
    write: (text) =>
      numberField(text, 'percent', (cpuPercent) => ({ limits: { cpuPercent } }), 'in percent, or empty for no limit'),
  },
  {
    key: 'memory',
    label: 'Memory limit',
    hint: 'in MB, or with a unit such as 1.5G; empty for no limit',
    unit: 'MB',
    initial: '',
    paths: ['limits.memoryMb'],
    read: ({ limits }) => readNumber(limits.memoryMb),
    write: (text) =>
      numberField(text, 'megabytes', (memoryMb) => ({ limits: { memoryMb } }), 'in MB, or empty for no limit'),
  },
  {
    key: 'restart',
    label: 'Restart',
    hint: 'when to restart the program after it exits',
    choices: POLICIES,
    initial: 'on-failure',
    paths: ['restart.policy'],
    read: ({ restart }) => restart.policy,
    write: (text) => choiceField(POLICIES, text, (policy) => ({ restart: { policy } })),
  },
  {
    key: 'healing',
    label: 'Healing',
    hint: 'observe reports faults without acting on them',
    choices: HEALING,
    initial: 'heal',
    paths: ['healing'],
    read: ({ healing }) => healing,
    write: (text) => choiceField(HEALING, text, (healing) => ({ healing })),
  },
  {
    key: 'autostart',
    label: 'Autostart',
    hint: 'start the program when the engine starts',
    choices: YES_NO,
    initial: 'yes',
    paths: ['autostart'],
    read: ({ autostart }) => (autostart ? 'yes' : 'no'),
    write: (text) => choiceField(YES_NO, text, (choice) => ({ autostart: choice === 'yes' })),
  },
  {
    key: 'env',
    label: 'Environment',
    hint: 'NAME=value, separated by spaces',
    restarts: true,
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
    hint: 'a cron expression such as 0 4 * * *; with restart "never", it runs a job; empty for none',
    initial: '',
    paths: ['schedule'],
    read: ({ schedule }) => schedule ?? '',
    write: (text) => value({ schedule: text === '' ? null : text }),
  },
  {
    key: 'overlap',
    label: 'Job overlap',
    hint: 'what happens if a job still runs when its next run is due',
    choices: OVERLAPS,
    initial: 'skip',
    paths: ['scheduling.overlap'],
    read: ({ scheduling }) => scheduling.overlap,
    write: (text) => choiceField(OVERLAPS, text, (overlap) => ({ scheduling: { overlap } })),
  },
  {
    key: 'maxRuntime',
    label: 'Longest run',
    hint: 'the longest time that a run may take, such as 30m; empty for no limit',
    initial: '',
    paths: ['maxRuntimeMs'],
    read: ({ maxRuntimeMs }) => (maxRuntimeMs === null ? '' : readDuration(maxRuntimeMs)),
    write: (text) => value({ maxRuntimeMs: text === '' ? null : durationOf(text) }),
  },
  {
    key: 'reload',
    label: 'Reload',
    hint: 'send the reload signal, start a new run beside the old one, or restart instances in turn',
    choices: STRATEGIES,
    initial: 'signal',
    paths: ['reload.strategy'],
    read: ({ reload }) => reload.strategy,
    write: (text) => choiceField(STRATEGIES, text, (strategy) => ({ reload: { strategy } })),
  },
  {
    key: 'groups',
    label: 'Groups',
    hint: 'names of groups, separated by spaces; @name selects a group',
    initial: '',
    paths: ['groups'],
    read: ({ groups }) => groups.join(' '),
    write: (text) => value({ groups: text.split(/[\s,]+/).filter((group) => group !== '') }),
  },
]);

/** All fields of the add and edit forms, from top to bottom. */
export const FORM_FIELDS = [...PROGRAM_FIELDS, ...FAULT_FIELDS];

/** The name of a field. */
export type FieldKey = (typeof FORM_FIELDS)[number]['key'];

/** Fields that a program gets once it runs: the form that adds one is short. */
const LATER: readonly FieldKey[] = ['overlap', 'maxRuntime', 'reload', ...FAULT_FIELDS.map(({ key }) => key)];

/** The fields of the form that adds a program. */
export const ADD_FIELDS = FORM_FIELDS.filter(({ key }) => !LATER.includes(key));

/** The fields of the edit form: an id cannot be changed. */
export const EDIT_FIELDS = FORM_FIELDS.filter(({ key }) => key !== 'id');

const FIELD_OF = new Map(FORM_FIELDS.map((field): [string, FormField<FieldKey>] => [field.key, field]));

/** Returns the field with this key. */
export function fieldNamed(key: FieldKey): FormField<FieldKey> {
  const field = FIELD_OF.get(key);
  if (field === undefined) throw new Error(`unknown field "${key}"`);
  return field;
}

/** A relative path would start in a folder that the reader of the form does not see: the engine's own. */
function writeFolder(text: string): FieldValue {
  if (text === '') return value({ cwd: null });
  return text.startsWith('/') ? value({ cwd: text }) : problem(`must be a full path, such as /srv/app, or empty`);
}

function writeCommand(text: string): FieldValue {
  const { words, problem: unfinished } = splitWords(text);
  if (unfinished !== null) return problem(`${unfinished.message}: ${unfinished.hint}`);
  const [command, ...args] = words.map((word) => word.text);
  return command === undefined ? problem('a command is required') : value({ command, args });
}

/** Returns the variables of an edited field that were added or changed. An update cannot remove one. */
export function changedEnv(text: string, original: string): FieldValue {
  const parsed = writeEnv(text);
  const before = writeEnv(original);
  if (parsed.kind === 'problem' || before.kind === 'problem') return parsed;
  const [now, was] = [parsed.value.env ?? {}, before.value.env ?? {}];
  const missing = Object.keys(was).find((name) => !Object.hasOwn(now, name));
  if (missing !== undefined)
    return problem(
      `"${missing}" cannot be removed here; use "healer update ID --unset env.${missing}", or edit the file`,
    );
  return value({ env: Object.fromEntries(Object.entries(now).filter(([name, text]) => was[name] !== text)) });
}

function writeEnv(text: string): FieldValue {
  const { words, problem: unfinished } = splitWords(text);
  if (unfinished !== null) return problem(`${unfinished.message}: ${unfinished.hint}`);
  const wrong = words.find((word) => word.text.indexOf('=') < 1);
  if (wrong !== undefined) return problem(`"${wrong.text}" must have the form NAME=value`);
  const entries = words.map((word): [string, string] => {
    const at = word.text.indexOf('=');
    return [word.text.slice(0, at), word.text.slice(at + 1)];
  });
  return value({ env: Object.fromEntries(entries) });
}
