import type { ArgumentRow, CommandRow, CommandRows } from '../command/command.ts';
import { flag, type OptionRow, type OptionRows } from '../command/option.ts';

/** What is looked up when a word is completed. `targets` are programs, groups and `all`. */
export type OfferKind =
  'targets' | 'programs' | 'instances' | 'remotes' | 'hosts' | 'settings' | 'fields' | 'assignments';

/** What a shell offers for a value or an argument. */
export interface Offer {
  readonly words: readonly string[];
  readonly kinds: readonly OfferKind[];
  readonly files: boolean;
}

export interface OptionModel {
  /** For example `-f` and `--follow`. */
  readonly names: readonly string[];
  readonly summary: string;
  /** Null if the option takes no value. */
  readonly value: Offer | null;
}

export interface CommandModel {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionModel[];
  /** Returns what to offer for the argument after those that are given. */
  readonly argument: (given: readonly string[]) => Offer;
  /** The commands that it is the first word of. */
  readonly commands: readonly CommandModel[];
}

export interface CompletionModel {
  readonly commands: readonly CommandModel[];
  readonly globalOptions: readonly OptionModel[];
}

export const NOTHING: Offer = { words: [], kinds: [], files: false };
const FILES: Offer = { ...NOTHING, files: true };
const HELP = flag('-h, --help', 'print help');

/**
 * Returns what completion needs from the command table.
 * @param families summaries of the first words of commands of two words
 */
export function completionModel(
  rows: CommandRows,
  globalOptions: OptionRows,
  families: Readonly<Record<string, string>> = {},
): CompletionModel {
  const commands = commandModels(rows, families);
  const names = { ...NOTHING, words: commands.map(({ name }) => name) };
  const help: CommandModel = {
    name: 'help',
    summary: 'Print help for a command',
    options: [],
    argument: (given) => (given.length === 0 ? names : NOTHING),
    commands: [],
  };
  return {
    commands: [...commands, help],
    globalOptions: [...optionModels(globalOptions), ...optionModels({ HELP })],
  };
}

/** Returns a model for each first word; commands of two words are the commands of their first word. */
function commandModels(rows: CommandRows, families: Readonly<Record<string, string>>): readonly CommandModel[] {
  const models = new Map<string, CommandModel>();
  for (const [name, row] of Object.entries(rows)) {
    const [first = '', second] = name.split(' ');
    if (second === undefined) {
      models.set(first, commandModel(first, row));
      continue;
    }
    const commands = [...(models.get(first)?.commands ?? []), commandModel(second, row)];
    const summary = families[first] ?? first;
    models.set(first, { name: first, summary, options: [], argument: () => NOTHING, commands });
  }
  return [...models.values()];
}

function commandModel(name: string, { summary, options = {}, arguments: args = [] }: CommandRow): CommandModel {
  const argument = SPECIAL_ARGUMENTS[name] ?? ((given) => argumentAt(args, given.length));
  return { name, summary, options: optionModels(options), argument, commands: [] };
}

/** The signals that programs are commonly sent. */
const SIGNALS = ['TERM', 'HUP', 'INT', 'QUIT', 'USR1', 'USR2', 'KILL', 'STOP', 'CONT', 'WINCH'];

/** Arguments whose meaning depends on those before them. */
const SPECIAL_ARGUMENTS: Readonly<Record<string, CommandModel['argument']>> = {
  config: ([action, ...words]) => {
    if (action === undefined) return { ...NOTHING, words: ['get', 'set', 'check'] };
    if (action === 'check') return FILES;
    return words.length === 0 ? { ...NOTHING, kinds: ['settings'] } : NOTHING;
  },
  signal: (given) => {
    if (given.length === 0) return { ...NOTHING, kinds: ['programs'] };
    return given.length === 1 ? { ...NOTHING, words: SIGNALS } : NOTHING;
  },
  // The command to run is completed as a file.
  add: (given) => (given.length === 0 ? NOTHING : FILES),
  update: (given) => (given.length === 0 ? { ...NOTHING, words: ['all'], kinds: ['targets'] } : FILES),
};

/** The last argument is repeated if its name says so. */
function argumentAt(args: readonly ArgumentRow[], index: number): Offer {
  const last = args.at(-1);
  const row = args[index] ?? (last?.[0].includes('...') === true ? last : undefined);
  return row === undefined ? NOTHING : argumentOffer(...row);
}

/** A word in quotes in the summary of an argument is a value that the argument accepts. */
function argumentOffer(argument: string, summary: string): Offer {
  const words = [...summary.matchAll(/"([a-z]+)"/g)].map(([, word = '']) => word);
  return { words, kinds: kindsOf(argument, summary), files: /\b(?:files?|folder)\b/.test(argument) };
}

function kindsOf(argument: string, summary: string): readonly OfferKind[] {
  if (/\bids?\b/.test(argument)) {
    if (!summary.startsWith('id')) return [];
    return summary.includes('@group') ? ['targets'] : ['programs'];
  }
  return /\bhosts\b/.test(summary) ? ['hosts'] : [];
}

/** What the values of options are, by the names of their placeholders. */
const KINDS_OF_VALUES: Readonly<Record<string, readonly OfferKind[]>> = {
  id: ['targets'],
  terms: ['hosts'],
  'field=value': ['assignments'],
  field: ['fields'],
};

/** What the values of some options are whose placeholders say less. */
const KINDS_OF_OPTIONS: Readonly<Record<string, readonly OfferKind[]>> = {
  '--instance': ['instances'],
  '--host': ['remotes'],
  // The fields of JSON lines are not known.
  '--where': [],
};

function optionModels(rows: OptionRows): OptionModel[] {
  return Object.values(rows).flatMap((row) => [
    optionModel(row),
    ...(row.opposite === undefined ? [] : [optionModel(row.opposite)]),
  ]);
}

function optionModel({ flags, summary, choices = [] }: Pick<OptionRow, 'flags' | 'summary' | 'choices'>): OptionModel {
  const [, value] = /[<[]([^>\]]+)[>\]]/.exec(flags) ?? [];
  const names = flags.split(/[ ,|]+/).filter((part) => part.startsWith('-'));
  if (value === undefined) return { names, summary, value: null };
  const own = names.map((name) => KINDS_OF_OPTIONS[name]).find((kinds) => kinds !== undefined);
  const kinds = own ?? KINDS_OF_VALUES[value] ?? [];
  // `--verbs <list>` takes words, and other lists are files.
  const files = /^(?:file|folder)/.test(value);
  return { names, summary, value: { words: choices, kinds, files } };
}
