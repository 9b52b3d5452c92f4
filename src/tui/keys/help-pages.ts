import { type Span, span } from '../style/scene.ts';
import { type CommandName, type KeyContext, type KeyGroup, KEYMAP } from './key-bindings.ts';
import { KEY_PAIRS } from './key-pairs.ts';
import { contextOfView, keyLabels } from './keymap.ts';
import type { View } from '../state/state.ts';

/** A row of a page of help. */
export type HelpRow = readonly Span[];

interface Entry {
  readonly group: KeyGroup | 'Command';
  readonly keys: string;
  readonly help: string;
  readonly isDestructive: boolean;
  readonly command: CommandName;
  readonly firstKey?: string;
}

/** Commands that end a process or delete something. */
const DESTRUCTIVE: ReadonlySet<CommandName> = new Set<CommandName>(['restart', 'rolling', 'stop', 'kill', 'remove']);

/** The groups in the order of help; those of the place where the user is come first. */
const GROUPS: readonly Entry['group'][] = ['List', 'Program', 'Log', 'Charts', 'View', 'Move', 'Command'];
const FIRST: Partial<Readonly<Record<KeyContext, readonly KeyGroup[]>>> = {
  program: ['Program', 'Log', 'Charts'],
  joint: ['Log'],
  tail: ['Log'],
};

/** What can be typed after the colon. */
export interface HelpCommand {
  readonly name: string;
  readonly help: string;
}

/** The spaces before a key, and between a key and its description. */
const INDENT = 2;

/** Returns the keys of a view in columns and under headings: with a row for each if one page has room for them, else in pages. */
export function helpPages(view: View, columns: number, height: number): readonly (readonly HelpRow[])[] {
  const context = contextOfView(view);
  const entries = entriesOf(context);
  const whole = pagesOf(entries, context, columns, height);
  return whole.length === 1 ? whole : pagesOf(inPairs(entries), context, columns, height);
}

/** Returns the keys of a view and the commands that contain a text. */
export function foundPages(
  view: View,
  columns: number,
  height: number,
  search: string,
  commands: readonly HelpCommand[],
): readonly (readonly HelpRow[])[] {
  const context = contextOfView(view);
  const all = [...entriesOf(context), ...commands.map(entryOfCommand)];
  const found = all.filter(({ keys, help, group }) =>
    `${group} ${keys} ${help}`.toLowerCase().includes(search.toLowerCase()),
  );
  return pagesOf(found, context, columns, height);
}

function entryOfCommand({ name, help }: HelpCommand): Entry {
  return { group: 'Command', keys: `:${name}`, help, isDestructive: false, command: 'palette' };
}

/** Puts the entries of commands that belong together on one row. */
function inPairs(entries: readonly Entry[]): readonly Entry[] {
  return entries.flatMap((entry): readonly Entry[] => {
    const pair = KEY_PAIRS.find(({ commands }) => commands.includes(entry.command));
    const own = entries.filter(({ command, group }) => group === entry.group && pair?.commands.includes(command));
    if (pair === undefined || own.length < 2) return [entry];
    if (own[0] !== entry) return [];
    const keys = keyLabels(own.map(({ firstKey }) => firstKey ?? ''))
      .map((key) => key.replace('Ctrl-', '^'))
      .join(' ');
    return [{ ...entry, keys: pair.keys ?? keys, help: pair.help }];
  });
}

function pagesOf(
  entries: readonly Entry[],
  context: KeyContext,
  columns: number,
  height: number,
): readonly (readonly HelpRow[])[] {
  const keyWidth = Math.max(0, ...entries.map(({ keys }) => keys.length));
  const width = keyWidth + Math.max(0, ...entries.map(({ help }) => help.length)) + 2 * INDENT;
  const count = Math.max(1, Math.floor(columns / width));
  const rows = Math.max(2, height);
  const lines = [...(FIRST[context] ?? []), ...GROUPS]
    .filter((group, index, all) => all.indexOf(group) === index)
    .flatMap((group) => groupLines(group, entries, keyWidth))
    .slice(0, -1);
  const stacks = balanced(lines, rows, count);
  return Array.from({ length: Math.max(1, Math.ceil(stacks.length / count)) }, (_, page) => {
    const shown = stacks.slice(page * count, (page + 1) * count);
    const most = Math.max(0, ...shown.map(({ length }) => length));
    return Array.from({ length: most }, (_row, row) => shown.flatMap((stack) => padded(stack[row] ?? [], width)));
  });
}

/** Returns stacks of which those on the last page are about equally high. */
function balanced(lines: readonly HelpRow[], height: number, count: number): readonly (readonly HelpRow[])[] {
  const stacks = intoStacks(lines, height);
  const whole = stacks.slice(0, Math.floor((stacks.length - 1) / count) * count);
  const rest = stacks.slice(whole.length).flat();
  for (let low = Math.ceil(rest.length / count); low < height; low += 1) {
    const last = intoStacks(rest, Math.max(2, low));
    if (last.length <= count) return [...whole, ...last];
  }
  return stacks;
}

function entriesOf(context: KeyContext): readonly Entry[] {
  return KEYMAP.filter(({ in: contexts }) => contexts.includes(context)).map(({ keys, help, group, command }) => ({
    group,
    keys: keyLabels(keys).join(' '),
    ...(keys[0] === undefined ? {} : { firstKey: keys[0] }),
    help,
    isDestructive: DESTRUCTIVE.has(command),
    command,
  }));
}

/** Draws the heading and the keys of a group, with an empty line after them. */
function groupLines(group: Entry['group'], entries: readonly Entry[], keyWidth: number): readonly HelpRow[] {
  const own = entries.filter((entry) => entry.group === group);
  if (own.length === 0) return [];
  return [
    [span(' '), span(group, 'info')],
    ...own.map(({ keys, help, isDestructive }) => [
      span(' '.repeat(INDENT)),
      span(keys.padEnd(keyWidth), isDestructive ? 'bad' : 'strong'),
      span(`${' '.repeat(INDENT)}${help}`, isDestructive ? 'bad' : 'plain'),
    ]),
    [],
  ];
}

/** Splits lines into stacks of a height. A stack neither ends with a heading nor begins with an empty line. */
function intoStacks(lines: readonly HelpRow[], height: number): readonly (readonly HelpRow[])[] {
  const stacks: HelpRow[][] = [[]];
  for (const [index, row] of lines.entries()) {
    const stack = stacks.at(-1) ?? [];
    const isHeading = index === 0 || lines[index - 1]?.length === 0;
    if (stack.length === 0 && row.length === 0) continue;
    if (stack.length < height - (isHeading ? 1 : 0)) stack.push(row);
    else if (row.length > 0) stacks.push([row]);
  }
  return stacks;
}

function padded(row: HelpRow, width: number): HelpRow {
  const used = row.reduce((sum, { text }) => sum + text.length, 0);
  return [...row, span(' '.repeat(Math.max(0, width - used)))];
}
