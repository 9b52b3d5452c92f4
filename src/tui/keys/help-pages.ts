import { type Span, span } from '../style/scene.ts';
import { type CommandName, type KeyContext, type KeyGroup, KEYMAP } from './key-bindings.ts';
import { contextOfView, keyLabels } from './keymap.ts';
import type { View } from '../state/state.ts';

/** A row of a page of help. */
export type HelpRow = readonly Span[];

interface Entry {
  readonly group: KeyGroup;
  readonly keys: string;
  readonly help: string;
  readonly isDestructive: boolean;
}

/** Commands that end a process or delete something. */
const DESTRUCTIVE: ReadonlySet<CommandName> = new Set<CommandName>(['restart', 'rolling', 'stop', 'kill', 'remove']);

/** The groups in the order of help; those of the place where the user is come first. */
const GROUPS: readonly KeyGroup[] = ['List', 'Program', 'Log', 'Charts', 'View', 'Move'];
const FIRST: Partial<Readonly<Record<KeyContext, readonly KeyGroup[]>>> = {
  joint: ['Log'],
  tail: ['Log'],
};

/** The spaces before a key, and between a key and its description. */
const INDENT = 2;

/** Returns the keys of a view as pages of rows, in columns and under headings. With `search`, only those that contain it. */
export function helpPages(view: View, columns: number, height: number, search = ''): readonly (readonly HelpRow[])[] {
  const context = contextOfView(view);
  const entries = entriesOf(context, search.toLowerCase());
  const keyWidth = Math.max(0, ...entries.map(({ keys }) => keys.length));
  const width = keyWidth + Math.max(0, ...entries.map(({ help }) => help.length)) + 2 * INDENT;
  const count = Math.max(1, Math.floor(columns / width));
  const rows = Math.max(2, height);
  const lines = [...(FIRST[context] ?? []), ...GROUPS]
    .filter((group, index, all) => all.indexOf(group) === index)
    .flatMap((group) => groupLines(group, entries, keyWidth))
    .slice(0, -1);
  const stacks = intoStacks(lines, rows);
  return Array.from({ length: Math.max(1, Math.ceil(stacks.length / count)) }, (_, page) => {
    const shown = stacks.slice(page * count, (page + 1) * count);
    const most = Math.max(0, ...shown.map(({ length }) => length));
    return Array.from({ length: most }, (_row, row) => shown.flatMap((stack) => padded(stack[row] ?? [], width)));
  });
}

function entriesOf(context: KeyContext, search: string): readonly Entry[] {
  return KEYMAP.filter(({ in: contexts }) => contexts.includes(context))
    .map(({ keys, help, group, command }) => ({
      group,
      keys: keyLabels(keys).join(' '),
      help,
      isDestructive: DESTRUCTIVE.has(command),
    }))
    .filter(({ keys, help, group }) => `${group} ${keys} ${help}`.toLowerCase().includes(search));
}

/** Draws the heading and the keys of a group, with an empty line after them. */
function groupLines(group: KeyGroup, entries: readonly Entry[], keyWidth: number): readonly HelpRow[] {
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
