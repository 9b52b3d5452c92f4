import { nearestWord } from '../../base/nearest-word.ts';
import type { CommandName } from '../keys/key-bindings.ts';
import type { State } from '../state/state.ts';
import { findRow, selectTargets } from '../store/selectors.ts';
import { textField } from '../state/text-field.ts';
import { EVERYTHING, PALETTE, type PaletteCommand, WORD_CHOICES } from './palette-table.ts';
import { refuse } from './refuse.ts';
import { become, type Command, type Response } from './response.ts';

/** A completion of the typed text. */
export interface Completion {
  readonly text: string;
  readonly label: string;
  readonly help: string;
}

/** Returns the completions of the last word: commands first, then their words. Those that start with it come first. */
export function completionsOf(state: State, typed: string): readonly Completion[] {
  const words = typed.trimStart().split(/\s+/);
  const last = words.pop() ?? '';
  if (words.length === 0) {
    return fitting(PALETTE, last, ({ name }) => name).map(({ name, words: follow, help }) => ({
      text: follow === 'none' ? name : `${name} `,
      label: name,
      help,
    }));
  }
  const command = commandNamed(words[0] ?? '');
  const choices = command === null ? [] : WORD_CHOICES[command.words](state);
  const unused = choices.filter((choice) => !words.slice(1).includes(choice));
  const isProgram = command?.words === 'programs';
  return fitting(unused, last, (choice) => choice).map((choice) => ({
    text: `${[...words, choice].join(' ')} `,
    label: choice,
    help: isProgram ? stateOf(state, choice) : '',
  }));
}

/** Returns the state of a program, so that the right one is chosen. */
function stateOf(state: State, id: string): string {
  const row = findRow(state, id);
  if (row === null) return '';
  return row.health === 'unhealthy' ? `${row.state}, unhealthy` : row.state;
}

/** Returns what Enter does with the command line. */
export function enterText(state: State): string {
  if (state.overlay.kind !== 'palette') return '';
  const { field, chosen } = state.overlay;
  const completion = completionsOf(state, field.text)[chosen];
  const [name = '', ...words] = (completion?.text ?? field.text).trim().split(/\s+/);
  if (name === '') return 'Enter: close';
  const command = commandNamed(name);
  if (command !== null) return `Enter: ${[command.name, ...words, ...targetsText(state, command, words)].join(' ')}`;
  const [first] = completionsOf(state, field.text);
  return first === undefined || words.length > 0 ? `unknown command "${name}"` : `Enter: complete to "${first.label}"`;
}

/** How many targets are named before the others are counted. */
const NAMED_TARGETS = 3;

/** Returns the programs that a command acts on if none is typed. */
function targetsText(state: State, { words: follow }: PaletteCommand, typed: readonly string[]): readonly string[] {
  if (follow !== 'programs') return [];
  if (typed.length === 1 && typed[0] === EVERYTHING) return [`(${String(state.rows.length)} programs)`];
  if (typed.length > 0) return [];
  const names = selectTargets(state).map(({ name }) => name);
  const more = names.length - NAMED_TARGETS;
  if (more <= 1) return [names.join(', ')];
  return [`${names.slice(0, NAMED_TARGETS).join(', ')} and ${String(more)} more`];
}

function fitting<Choice>(choices: readonly Choice[], typed: string, nameOf: (choice: Choice) => string): Choice[] {
  const wanted = typed.toLowerCase();
  const found = choices.filter((choice) => nameOf(choice).toLowerCase().includes(wanted));
  const isStart = (choice: Choice): boolean => nameOf(choice).toLowerCase().startsWith(wanted);
  return [...found.filter(isStart), ...found.filter((choice) => !isStart(choice))];
}

/** Finds a command by its name or by an unambiguous prefix. */
function commandNamed(word: string): PaletteCommand | null {
  const starting = PALETTE.filter(({ name }) => name.startsWith(word));
  return PALETTE.find(({ name }) => name === word) ?? (starting.length === 1 ? (starting[0] ?? null) : null);
}

/** The result of running the command line. A command that a key has is left to the caller. */
export type PaletteRun =
  | { readonly kind: 'done'; readonly response: Response }
  | { readonly kind: 'key'; readonly command: CommandName; readonly state: State };

/** Runs the command line, or the selected completion. */
export function runPalette(state: State): PaletteRun {
  if (state.overlay.kind !== 'palette') return { kind: 'done', response: become(state) };
  const { field, chosen } = state.overlay;
  const text = completionsOf(state, field.text)[chosen]?.text ?? field.text;
  const [name = '', ...words] = text.trim().split(/\s+/);
  const closed: State = { ...state, overlay: { kind: 'none' }, commands: remembered(state.commands, text.trim()) };
  if (name === '') return { kind: 'done', response: become(closed) };
  const command = commandNamed(name === 'q' ? 'quit' : name);
  if (command === null && words.length === 0 && completionsOf(state, field.text).length > 0)
    return { kind: 'done', response: become(complete(state)) };
  if (command === null) return { kind: 'done', response: refuse(closed, unknownText(name)) };
  const { run } = command;
  if (typeof run === 'string') return { kind: 'key', command: run, state: closed };
  return { kind: 'done', response: run(closed, words) };
}

function unknownText(name: string): string {
  const nearest = nearestWord(
    name,
    PALETTE.map((command) => command.name),
  );
  return nearest === null ? `unknown command "${name}"` : `unknown command "${name}"; did you mean "${nearest}"?`;
}

/** Inserts the selected completion, or the first one. */
function complete(state: State): State {
  if (state.overlay.kind !== 'palette') return state;
  const { field, chosen } = state.overlay;
  const completion = completionsOf(state, field.text)[Math.max(0, chosen)];
  if (completion === undefined) return state;
  return { ...state, overlay: { kind: 'palette', field: textField(completion.text), chosen: -1 } };
}

const REMEMBERED = 50;

function remembered(commands: readonly string[], text: string): readonly string[] {
  return text === '' ? commands : [text, ...commands.filter((each) => each !== text)].slice(0, REMEMBERED);
}

/** Above the completions are the commands that were typed before, the newest first. */
function recall(state: State, step: 1 | -1): State {
  if (state.overlay.kind !== 'palette') return state;
  const recalled = (state.overlay.recalled ?? -1) - step;
  const text = state.commands[recalled];
  if (recalled >= 0 && text === undefined) return state;
  return { ...state, overlay: { kind: 'palette', field: textField(text ?? ''), chosen: -1, recalled } };
}

function choose(step: 1 | -1): Command {
  return (state) => {
    if (state.overlay.kind !== 'palette') return become(state);
    const isRecalling = (state.overlay.recalled ?? -1) >= 0;
    if (state.overlay.chosen === -1 && (step === -1 || isRecalling)) return become(recall(state, step));
    const count = completionsOf(state, state.overlay.field.text).length;
    const chosen = Math.max(-1, Math.min(count - 1, state.overlay.chosen + step));
    return become({ ...state, overlay: { ...state.overlay, chosen } });
  };
}

/** Commands of the command line. */
export const PALETTE_COMMANDS = {
  palette: (state) => become({ ...state, overlay: { kind: 'palette', field: textField(), chosen: -1 } }),
  completePalette: (state) => become(complete(state)),
  nextCompletion: choose(1),
  previousCompletion: choose(-1),
} satisfies Record<string, Command>;
