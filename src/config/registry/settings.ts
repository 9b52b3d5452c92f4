import * as z from 'zod';
import { nearestWord } from '../../base/nearest-word.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { Fields } from './registry-content.ts';
import { REMOTE_SETTINGS } from './remote-settings.ts';

/** Everything that `healer config` sets, one line each. A setting that is not set has its default. */
const SETTINGS = {
  healing: {
    schema: z.enum(['heal', 'observe']),
    default: 'heal',
    meaning: 'observe sees and tells every fault and does nothing; for programs that do not say it themselves',
    example: 'observe',
  },
  binaries: {
    schema: z.record(z.string().min(1), z.string().regex(/^\//, 'a path of an executable starts with /')),
    default: {},
    meaning: 'where commands without a slash are, before PATH is searched; one of them is binaries.NAME',
    example: '/opt/node/bin/node',
  },
  zombieScanSeconds: {
    schema: z.coerce.number().int().min(1).max(86_400),
    default: 300,
    meaning: 'how often dead processes that nobody reaped are looked for',
    example: '60',
  },
  orphanCheckSeconds: {
    schema: z.coerce.number().int().min(1).max(86_400),
    default: 60,
    meaning: 'how often it is looked whether the parents of tracked processes are gone',
    example: '10',
  },
  ...REMOTE_SETTINGS,
} as const;

type Key = keyof typeof SETTINGS;
export type Settings = { readonly [K in Key]?: z.output<(typeof SETTINGS)[K]['schema']> };

export interface SettingView {
  readonly key: string;
  readonly value: unknown;
  readonly isDefault: boolean;
  readonly meaning: string;
}

const KEYS = Object.keys(SETTINGS) as readonly Key[];
const BINARY = /^binaries\.([^/\0]+)$/;

/** Every setting as it is in force. */
export function viewSettings(stored: Fields): readonly SettingView[] {
  return KEYS.map((key) => viewOf(stored, key));
}

/** @throws HealerError INVALID_CONFIG when there is no such key */
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
 * The settings with one of them changed; null takes it back to its default.
 * @throws HealerError INVALID_CONFIG naming the key, what does not fit, and an example
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
  const problem = error.issues.map(({ message }) => message).join('; ');
  throw new HealerError('INVALID_CONFIG', `cannot set "${key}": ${problem} — for example ${example}`, { key });
}

/** What is stored and fits; what does not is left out, and told by `settingProblems`. */
export function validSettings(stored: Fields): Settings {
  const valid = KEYS.map((key) => [key, SETTINGS[key].schema.safeParse(stored[key]).data] as const);
  return Object.fromEntries(valid.filter(([, value]) => value !== undefined));
}

/** What is wrong with stored settings, each with what to do; those without a problem are in force. */
export function settingProblems(stored: Fields): readonly { readonly message: string; readonly hint: string }[] {
  return Object.entries(stored).flatMap(([name, value]) => {
    if (!isKey(name)) return [{ message: `there is no setting "${name}"`, hint: suggestKey(name) }];
    const { error } = SETTINGS[name].schema.safeParse(value);
    if (error === undefined) return [];
    const hint = `"healer config set ${name} ${SETTINGS[name].example}"`;
    return [{ message: `the setting "${name}" is not used: ${error.issues[0]?.message ?? ''}`, hint }];
  });
}

function knownKey(name: string): Key {
  if (isKey(name)) return name;
  throw new HealerError('INVALID_CONFIG', `there is no setting "${name}" — ${suggestKey(name)}`, { key: name });
}

function isKey(name: string): name is Key {
  return Object.hasOwn(SETTINGS, name);
}

function suggestKey(name: string): string {
  const nearest = nearestWord(name, KEYS);
  return nearest === null ? `there are ${KEYS.join(', ')} and binaries.NAME` : `did you mean "${nearest}"?`;
}
