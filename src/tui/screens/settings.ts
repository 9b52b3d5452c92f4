import { type CommandName, KEYMAP } from '../keys/key-bindings.ts';
import type { KeyChanges } from '../keys/keymap.ts';
import { COLUMN_NAMES } from '../layout/columns.ts';
import { SORT_KEYS } from '../state/sort.ts';
import type { Folding, LogPlacement, Sort } from '../state/state.ts';
import type { Colors, ThemeName } from '../style/theme.ts';
import { isToneName, THEME_NAMES } from '../style/theme.ts';

/** What the user set in `tui.yaml`; what is absent keeps its default. */
export interface TuiSettings {
  readonly mouse?: boolean;
  readonly ascii?: boolean;
  readonly wide?: boolean;
  readonly filter?: string;
  /** Null puts problems first. */
  readonly sort?: Sort | null;
  readonly fold?: Folding;
  /** Whether the healing log begins with the newest event. */
  readonly newestFirst?: boolean;
  /** Where the log is on a wide screen. */
  readonly log?: LogPlacement;
  readonly columns?: readonly string[];
  /** Shows only programs that need attention. */
  readonly unhealthy?: boolean;
  /** The programs whose lines are hidden in the log of several. */
  readonly muted?: readonly string[];
  readonly theme?: ThemeName;
  readonly colors?: Colors;
  readonly keys?: KeyChanges;
}

/** The settings that are valid, and what is wrong with the others. */
export interface ReadSettings {
  readonly settings: TuiSettings;
  readonly problems: readonly string[];
}

type Reader = (value: unknown) => Partial<TuiSettings>;

const LOG_PLACES = ['auto', 'below', 'beside'] as const;
const FOLDINGS = ['instances', 'groups', 'none'] as const;

/** The settings of the file, each with the function that reads it; it throws what is wrong with the value. */
const READERS: Readonly<Record<keyof TuiSettings, Reader>> = {
  mouse: (value) => ({ mouse: asBoolean(value) }),
  ascii: (value) => ({ ascii: asBoolean(value) }),
  wide: (value) => ({ wide: asBoolean(value) }),
  filter: (value) => ({ filter: asText(value) }),
  sort: (value) => ({ sort: asSort(value) }),
  fold: (value) => ({ fold: asOneOf(value, FOLDINGS) }),
  newestFirst: (value) => ({ newestFirst: asBoolean(value) }),
  log: (value) => ({ log: asOneOf(value, LOG_PLACES) }),
  columns: (value) => ({ columns: asList(value).map((name) => asOneOf(name, COLUMN_NAMES)) }),
  unhealthy: (value) => ({ unhealthy: asBoolean(value) }),
  muted: (value) => ({ muted: asList(value).map(asText) }),
  theme: (value) => ({ theme: asOneOf(value, THEME_NAMES) }),
  colors: (value) => ({ colors: asColors(value) }),
  keys: (value) => ({ keys: asKeys(value) }),
};

/** Reads the settings of the terminal UI. A wrong one is left out and reported; the others hold. */
export function readSettings(value: unknown): ReadSettings {
  if (value === null || value === undefined) return { settings: {}, problems: [] };
  if (!isRecord(value)) return { settings: {}, problems: ['must be a list of settings, such as "mouse: false"'] };
  let settings: TuiSettings = {};
  const problems: string[] = [];
  for (const [name, part] of Object.entries(value)) {
    const reader = Object.hasOwn(READERS, name) ? READERS[name as keyof TuiSettings] : undefined;
    if (reader === undefined) {
      problems.push(`unknown setting "${name}"; use one of ${Object.keys(READERS).join(', ')}`);
      continue;
    }
    try {
      settings = { ...settings, ...reader(part) };
    } catch (error) {
      problems.push(`${name} ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { settings, problems };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asBoolean(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new Error('must be true or false');
  return value;
}

function asText(value: unknown): string {
  if (typeof value !== 'string') throw new Error('must be a text');
  return value;
}

function asList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('must be a list');
  return value as readonly unknown[];
}

function asOneOf<Choice extends string>(value: unknown, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new Error(`must be one of ${choices.join(', ')}, not ${JSON.stringify(value)}`);
  return found;
}

/** `-cpu` sorts the highest value first, `cpu` the lowest. */
function asSort(value: unknown): Sort | null {
  if (value === 'problems') return null;
  if (value === 'listed') return { by: 'listed', descending: false };
  const text = asText(value);
  const by = asOneOf(text.replace(/^-/, ''), [...SORT_KEYS, 'problems', 'listed'] as const);
  return { by: by === 'problems' ? 'listed' : by, descending: text.startsWith('-') };
}

function asColors(value: unknown): Colors {
  if (!isRecord(value)) throw new Error('must name tones, such as "good: 34"');
  return Object.fromEntries(
    Object.entries(value).map(([tone, color]) => {
      if (!isToneName(tone)) throw new Error(`has no tone "${tone}"`);
      return [tone, asColor(color)];
    }),
  );
}

/** Takes a number of the 256 colors, or `#rrggbb`. Returns the parameters of SGR. */
function asColor(value: unknown): string {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255)
    return `38;5;${String(value)}`;
  const parts = typeof value === 'string' ? /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(value) : null;
  if (parts === null) throw new Error(`takes 0 to 255 or "#rrggbb", not ${JSON.stringify(value)}`);
  return `38;2;${parts
    .slice(1)
    .map((part) => Number.parseInt(part, 16))
    .join(';')}`;
}

/** Keys that have to stay, so that the screen can always be left. */
const FIXED: ReadonlySet<CommandName> = new Set<CommandName>(['interrupt', 'confirm', 'decline']);
const KEY_FORM = /^(?:[!-~]|(?:ctrl|shift)-[a-z]+|f\d{1,2}|[a-z]{2,10})$/;

function asKeys(value: unknown): KeyChanges {
  if (!isRecord(value)) throw new Error('must name commands, such as "stop: [x]"');
  const changes = new Map<CommandName, readonly string[]>();
  for (const [name, keys] of Object.entries(value)) {
    const command = KEYMAP.find((binding) => binding.command === name)?.command;
    if (command === undefined) throw new Error(`has no command "${name}"; docs/tui.md lists them`);
    if (FIXED.has(command)) throw new Error(`cannot change "${name}"`);
    const list = (Array.isArray(keys) ? keys : [keys]).map((key) => asText(key));
    const wrong = list.find((key) => !KEY_FORM.test(key));
    if (wrong !== undefined) throw new Error(`${name}: "${wrong}" is not a key`);
    changes.set(command, list);
  }
  const clash = clashOf(changes);
  if (clash !== null) throw new Error(clash);
  return changes;
}

/** Returns which key would have two meanings in the same place; null if none would. */
function clashOf(changes: KeyChanges): string | null {
  const commandOf = new Map<string, CommandName>();
  for (const { command, keys, in: contexts } of KEYMAP) {
    for (const context of contexts) {
      for (const key of changes.get(command) ?? keys) {
        const other = commandOf.get(`${context} ${key}`);
        if (other !== undefined && other !== command) return `"${key}" would be the key of ${other} and of ${command}`;
        commandOf.set(`${context} ${key}`, command);
      }
    }
  }
  return null;
}
