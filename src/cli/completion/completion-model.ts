import type { CommandRow, CommandRows } from '../command/command.ts';
import { flag, type OptionRow, type OptionRows } from '../command/option.ts';

/** What a shell offers for a value or an argument. */
export interface Offer {
  readonly words: readonly string[];
  /** Whether to offer the ids of programs, which the engine lists. */
  readonly ids: boolean;
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
  /** What to offer for each of its arguments. */
  readonly argument: Offer;
}

export interface CompletionModel {
  readonly commands: readonly CommandModel[];
  readonly globalOptions: readonly OptionModel[];
}

const NOTHING: Offer = { words: [], ids: false, files: false };
const HELP = flag('-h, --help', 'print help');

/**
 * Returns what completion scripts need from the command table.
 * @param families summaries of the first words of commands of two words
 */
export function completionModel(
  rows: CommandRows,
  globalOptions: OptionRows,
  families: Readonly<Record<string, string>> = {},
): CompletionModel {
  const help = {
    name: 'help',
    summary: 'Print help for a command',
    options: [],
    argument: { ...NOTHING, words: [...new Set(Object.keys(rows).map(firstWord))] },
  };
  return {
    commands: [...commandModels(rows, families), help],
    globalOptions: [...optionModels(globalOptions), ...optionModels({ HELP })],
  };
}

function firstWord(name: string): string {
  return name.split(' ')[0] ?? name;
}

/** Returns a model for each first word; commands of two words are offered as its arguments, with the options of all. */
function commandModels(rows: CommandRows, families: Readonly<Record<string, string>>): readonly CommandModel[] {
  const models = new Map<string, CommandModel>();
  for (const [name, row] of Object.entries(rows)) {
    const [first = '', second] = name.split(' ');
    const model = commandModel(first, row);
    const summary = families[first] ?? first;
    models.set(first, second === undefined ? model : withCommand(models.get(first), { ...model, summary }, second));
  }
  return [...models.values()];
}

function withCommand(family: CommandModel | undefined, model: CommandModel, command: string): CommandModel {
  const { options } = model;
  const known = family?.options ?? [];
  const added = options.filter(
    (option) => !known.some(({ names }) => names.some((flag) => option.names.includes(flag))),
  );
  return {
    ...model,
    options: [...known, ...added],
    argument: { ...NOTHING, words: [...(family?.argument.words ?? []), command] },
  };
}

function commandModel(name: string, { summary, options = {}, arguments: args = [] }: CommandRow): CommandModel {
  const offers = args.map(([argument, meaning]) => argumentOffer(argument, meaning));
  const argument = {
    words: offers.flatMap(({ words }) => words),
    ids: offers.some(({ ids }) => ids),
    files: offers.some(({ files }) => files),
  };
  return { name, summary, options: optionModels(options), argument };
}

/** A word in quotes in the summary of an argument is a value that the argument accepts. */
function argumentOffer(argument: string, summary: string): Offer {
  const words = [...summary.matchAll(/"([a-z]+)"/g)].map(([, word = '']) => word);
  return { words, ids: /\bids?\b/.test(argument) && summary.startsWith('id'), files: /\bfiles?\b/.test(argument) };
}

function optionModels(rows: OptionRows): OptionModel[] {
  return Object.values(rows).flatMap((row) => [
    optionModel(row),
    ...(row.opposite === undefined ? [] : [optionModel(row.opposite)]),
  ]);
}

function optionModel({ flags, summary, choices = [] }: Pick<OptionRow, 'flags' | 'summary' | 'choices'>): OptionModel {
  const [, value] = /[<[]([^>\]]+)[>\]]/.exec(flags) ?? [];
  const names = flags.split(/[ ,|]+/).filter((part) => part.startsWith('-'));
  const offer = {
    words: choices,
    ids: value === 'id',
    files: value !== undefined && /^(file|list|folder)/.test(value),
  };
  return { names, summary, value: value === undefined ? null : offer };
}
