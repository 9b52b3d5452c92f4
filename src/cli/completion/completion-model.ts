import type { CommandRow, OptionRow } from '../command/command.ts';

/** What can stand where a value or an argument is expected. */
export interface Offer {
  readonly words: readonly string[];
  /** The ids of programs, which the engine is asked for. */
  readonly ids: boolean;
  readonly files: boolean;
}

export interface OptionModel {
  /** `-f` and `--follow` */
  readonly names: readonly string[];
  readonly summary: string;
  /** Null for one that takes no value. */
  readonly value: Offer | null;
}

export interface CommandModel {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionModel[];
  /** For any of its arguments. */
  readonly argument: Offer;
}

export interface CompletionModel {
  readonly commands: readonly CommandModel[];
  readonly globalOptions: readonly OptionModel[];
}

const NOTHING: Offer = { words: [], ids: false, files: false };
const HELP: OptionRow = { flags: '-h, --help', summary: 'print help' };

/** What shells need to know of the command table. */
export function completionModel(rows: readonly CommandRow[], globalOptions: readonly OptionRow[]): CompletionModel {
  const help = {
    name: 'help',
    summary: 'print help for a command',
    options: [],
    argument: { ...NOTHING, words: rows.map(({ name }) => name) },
  };
  return {
    commands: [...rows.map(commandModel), help],
    globalOptions: [...globalOptions, HELP].map(optionModel),
  };
}

function commandModel({ name, summary, options = [], arguments: args = [] }: CommandRow): CommandModel {
  const offers = args.map(([argument, meaning]) => argumentOffer(argument, meaning));
  const argument = {
    words: offers.flatMap(({ words }) => words),
    ids: offers.some(({ ids }) => ids),
    files: offers.some(({ files }) => files),
  };
  return { name, summary, options: options.map(optionModel), argument };
}

/** A single word in quotes in the meaning of an argument stands for itself. */
function argumentOffer(argument: string, meaning: string): Offer {
  const words = [...meaning.matchAll(/"([a-z]+)"/g)].map(([, word = '']) => word);
  return { words, ids: /\bids?\b/.test(argument) && meaning.startsWith('id'), files: /\bfiles?\b/.test(argument) };
}

function optionModel({ flags, summary, choices = [] }: OptionRow): OptionModel {
  const [, value] = /[<[]([^>\]]+)[>\]]/.exec(flags) ?? [];
  const names = flags.split(/[ ,|]+/).filter((part) => part.startsWith('-'));
  const offer = {
    words: choices,
    ids: value === 'id',
    files: value !== undefined && /^(file|list|folder)/.test(value),
  };
  return { names, summary, value: value === undefined ? null : offer };
}
