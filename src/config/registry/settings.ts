import * as z from 'zod';
import { nearestWord } from '../../base/nearest-word.ts';
import { HealerError } from '../../protocol/errors.ts';
import { describeIssue } from '../reading/describe-issue.ts';
import { fieldSchemaOf } from '../reading/field-schema.ts';
import type { Fields } from '../reading/source-reading.ts';
import { REMOTE_SETTINGS } from './remote-settings.ts';

/** The settings that `healer config` manages. */
const SETTINGS = {
  healing: {
    schema: z.enum(['heal', 'observe']),
    default: 'heal',
    meaning: 'observe reports every fault without acting; applies to programs that do not set healing themselves',
    example: 'observe',
  },
  binaries: {
    schema: z.record(z.string().min(1), z.string().regex(/^\//, 'must be an absolute path')),
    default: {},
    meaning: 'paths of commands without a slash, used before PATH is searched; binaries.NAME sets one of them',
    example: '/opt/node/bin/node',
  },
  zombieScanSeconds: {
    schema: z.coerce.number().int().min(1).max(86_400),
    default: 300,
    meaning: 'seconds between scans for zombies',
    example: '60',
  },
  orphanCheckSeconds: {
    schema: z.coerce.number().int().min(1).max(86_400),
    default: 60,
    meaning: 'seconds between checks for orphaned processes',
    example: '10',
  },
  tracking: {
    schema: z.enum(['on', 'off']),
    default: 'on',
    meaning: 'off terminates no tracked process whose parent has exited, and refuses to track others',
    example: 'off',
  },
  ...REMOTE_SETTINGS,
} as const;

type Key = keyof typeof SETTINGS;

/** Issues whose messages are written in the schema. */
const HAS_OWN_WORDS: readonly string[] = ['custom', 'invalid_format', 'invalid_union', 'invalid_key'];
export type Settings = { readonly [K in Key]?: z.output<(typeof SETTINGS)[K]['schema']> };

export interface SettingView {
  readonly key: string;
  readonly value: unknown;
  readonly isDefault: boolean;
  readonly meaning: string;
}

const KEYS = Object.keys(SETTINGS) as readonly Key[];
const BINARY = /^binaries\.([^/\0]+)$/;

/** Returns every setting with its effective value. */
export function viewSettings(stored: Fields): readonly SettingView[] {
  return KEYS.map((key) => viewOf(stored, key));
}

/** Returns a setting with its effective value. @throws HealerError INVALID_CONFIG when the setting does not exist */
export function viewSetting(stored: Fields, name: string): SettingView {
  const binary = BINARY.exec(name)?.[1];
  if (binary === undefined) return viewOf(stored, knownKey(name));
  const { binaries = {} } = validSettings(stored);
  const value = Object.hasOwn(binaries, binary) ? binaries[binary] : null;
  return { key: name, value, isDefault: value === null, meaning: SETTINGS.binaries.meaning };
}

function viewOf(stored: Fields, key: Key): SettingView {
  const value = validSettings(stored)[key];
  return {
    key,
    value: value ?? SETTINGS[key].default,
    isDefault: value === undefined,
    meaning: SETTINGS[key].meaning,
  };
}

/**
 * Returns the settings with one of them changed; null resets it to its default.
 * @throws HealerError INVALID_CONFIG naming the setting, what is wrong with the value, and an example
 */
export function changeSetting(stored: Fields, name: string, value: unknown): Fields {
  const binary = BINARY.exec(name)?.[1];
  if (binary === undefined) return replaceSetting(stored, knownKey(name), value);
  const { binaries = {} } = validSettings(stored);
  const others = Object.fromEntries(Object.entries(binaries).filter(([command]) => command !== binary));
  const changed = value === null ? others : { ...others, [binary]: value };
  return replaceSetting(stored, 'binaries', changed);
}

function replaceSetting(stored: Fields, key: Key, value: unknown): Fields {
  const others = Object.fromEntries(Object.entries(stored).filter(([name]) => name !== key));
  if (value === null) return others;
  const { schema, example } = SETTINGS[key];
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return { ...others, [key]: data };
  const problem = problemsIn(key, value, error).join('; ');
  throw new HealerError('INVALID_CONFIG', `cannot set "${key}": ${problem} — for example ${example}`, { key });
}

/** Returns what is wrong with a value: in the words of the schema where it has some, else as for a field of a file. */
function problemsIn(key: Key, value: unknown, { issues }: z.core.$ZodError): readonly string[] {
  const schema = fieldSchemaOf(SETTINGS[key].schema);
  return issues.flatMap((issue) =>
    HAS_OWN_WORDS.includes(issue.code)
      ? [issue.message]
      : describeIssue(issue, value, schema).map(({ message }) => message),
  );
}

/** The valid settings of each object that was examined: the engine asks for them several times per second. */
const examined = new WeakMap<Fields, Settings>();

/**
 * Returns the stored settings that are valid; `settingProblems` reports the others.
 * @param stored must not be changed afterwards: it is examined once
 */
export function validSettings(stored: Fields): Settings {
  const known = examined.get(stored);
  if (known !== undefined) return known;
  const valid = KEYS.map((key) => [key, SETTINGS[key].schema.safeParse(stored[key]).data] as const);
  const settings: Settings = Object.fromEntries(valid.filter(([, value]) => value !== undefined));
  examined.set(stored, settings);
  return settings;
}

/** Returns a problem for each stored setting that is unknown or invalid. The other settings are in effect. */
export function settingProblems(stored: Fields): readonly { readonly message: string; readonly hint: string }[] {
  return Object.entries(stored).flatMap(([name, value]) => {
    if (!isKey(name)) return [{ message: `unknown setting "${name}"`, hint: suggestKey(name) }];
    const { error } = SETTINGS[name].schema.safeParse(value);
    if (error === undefined) return [];
    const hint = `run: healer config set ${name} ${SETTINGS[name].example}`;
    const [problem = ''] = problemsIn(name, value, error);
    return [{ message: `the setting "${name}" is invalid and has no effect: ${problem}`, hint }];
  });
}

function knownKey(name: string): Key {
  if (isKey(name)) return name;
  throw new HealerError('INVALID_CONFIG', `unknown setting "${name}" — ${suggestKey(name)}`, { key: name });
}

function isKey(name: string): name is Key {
  return Object.hasOwn(SETTINGS, name);
}

/** Names of settings that belong to a program, and the option that sets them. */
const OF_PROGRAMS: Readonly<Record<string, string>> = {
  memory: '--memory 500',
  limits: '--memory 500',
  cpu: '--cpu 80',
  env: '--env NAME=VALUE',
  restart: '--restart always',
  instances: '--instances 2',
  cwd: '--cwd FOLDER',
};

function suggestKey(name: string): string {
  const option = Object.hasOwn(OF_PROGRAMS, name) ? OF_PROGRAMS[name] : undefined;
  if (option !== undefined) return `it belongs to a program: healer update ID ${option}`;
  const [outer = '', inner = ''] = name.split('.');
  const ofProgram = Object.hasOwn(OF_PROGRAMS, inner) ? OF_PROGRAMS[inner] : undefined;
  if (ofProgram !== undefined && !isKey(outer)) return `it belongs to a program: healer update ${outer} ${ofProgram}`;
  if (outer !== name && isKey(outer) && outer !== 'binaries')
    return `"${outer}" is set as a whole: healer config set ${outer} '${JSON.stringify(SETTINGS[outer].default)}'`;
  if (name.startsWith('binaries.')) return 'binaries.NAME takes the name of a command without a slash';
  const nearest = nearestWord(name, KEYS);
  return nearest === null ? `the settings are ${KEYS.join(', ')} and binaries.NAME` : `did you mean "${nearest}"?`;
}
