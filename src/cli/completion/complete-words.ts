import { type CommandModel, type CompletionModel, NOTHING, type Offer, type OptionModel } from './completion-model.ts';

/** A word that a shell offers, with a short explanation. */
export interface Candidate {
  readonly text: string;
  readonly summary: string;
}

/** What completes the last word of a command line. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** What else is offered; some of it has to be looked up. */
  readonly offer: Offer;
  /** The part of the word before its value, such as `--host=`. */
  readonly prefix: string;
  /** The arguments that are given, which need not be offered again. */
  readonly given: readonly string[];
  /** The values of the options that select the engine. */
  readonly engine: EngineOptions;
}

/** Values by the name of the option, such as `--instance`. */
type EngineOptions = Readonly<Record<string, string>>;

/** Options that decide which engine is asked for its programs. */
const ENGINE_OPTIONS: ReadonlySet<string> = new Set(['--instance', '--host', '--token-file']);

/** What the words before the one to be completed say. */
interface Reading {
  readonly command: CommandModel | null;
  readonly given: readonly string[];
  /** The option whose value comes next. */
  readonly pending: OptionModel | null;
  /** Whether what begins with a dash is an argument, because `--` stands before it. */
  readonly isLiteral: boolean;
  readonly engine: EngineOptions;
}

const START: Reading = { command: null, given: [], pending: null, isLiteral: false, engine: {} };

/**
 * Returns what completes the last word of a command line.
 * @param words without the name of the program; the last one is completed, and may be empty
 */
export function completeWords(model: CompletionModel, words: readonly string[]): Completion {
  const current = words.at(-1) ?? '';
  const { command, given, pending, isLiteral, engine } = words
    .slice(0, -1)
    .reduce((reading, word) => readWord(model, reading, word), START);
  const completion = { candidates: [], offer: NOTHING, prefix: '', given, engine };
  if (pending !== null) return { ...completion, offer: pending.value ?? NOTHING };
  if (current.startsWith('-') && !isLiteral) {
    const options = optionsOf(model, command);
    const { name, value } = splitOption(current);
    if (value === null) return { ...completion, candidates: options.flatMap(namesOf) };
    return { ...completion, offer: findOption(options, name)?.value ?? NOTHING, prefix: `${name}=` };
  }
  const commands = command === null ? model.commands : command.commands;
  if (commands.length > 0)
    return { ...completion, candidates: commands.map(({ name, summary }) => ({ text: name, summary })) };
  return { ...completion, offer: command?.argument(given) ?? NOTHING };
}

function readWord(model: CompletionModel, reading: Reading, word: string): Reading {
  const { command, given, pending, isLiteral } = reading;
  const noted = (option: OptionModel | undefined, value: string): Reading => {
    const name = option?.names.find((each) => ENGINE_OPTIONS.has(each));
    return {
      ...reading,
      pending: null,
      engine: { ...reading.engine, ...(name === undefined ? {} : { [name]: value }) },
    };
  };
  if (pending !== null) return noted(pending, word);
  if (word === '--') return { ...reading, isLiteral: true };
  if (word.startsWith('-') && !isLiteral) {
    const { name, value } = splitOption(word);
    const option = findOption(optionsOf(model, command), name);
    if (value !== null) return noted(option, value);
    return { ...reading, pending: option === undefined || option.value === null ? null : option };
  }
  const commands = command === null ? model.commands : command.commands;
  if (commands.length === 0) return { ...reading, given: [...given, word] };
  // What follows an unknown command is not known either.
  return { ...reading, command: commands.find(({ name }) => name === word) ?? UNKNOWN };
}

const UNKNOWN: CommandModel = { name: '', summary: '', options: [], argument: () => NOTHING, commands: [] };

/** Splits `--name=value`; the value is null without an equals sign. */
function splitOption(word: string): { readonly name: string; readonly value: string | null } {
  const at = word.startsWith('--') ? word.indexOf('=') : -1;
  return at === -1 ? { name: word, value: null } : { name: word.slice(0, at), value: word.slice(at + 1) };
}

function optionsOf({ globalOptions }: CompletionModel, command: CommandModel | null): readonly OptionModel[] {
  return [...(command?.options ?? []), ...globalOptions];
}

function findOption(options: readonly OptionModel[], name: string): OptionModel | undefined {
  return options.find(({ names }) => names.includes(name));
}

function namesOf({ names, summary }: OptionModel): readonly Candidate[] {
  return names.map((text) => ({ text, summary }));
}
