import { PALETTE } from '../src/tui/commands/palette-table.ts';
import { type KeyContext, KEYMAP } from '../src/tui/keys/key-bindings.ts';
import { keyLabels } from '../src/tui/keys/keymap.ts';
import { FLEET_KEYS } from '../src/tui/fleet/fleet-keys.ts';

const SECTIONS: readonly (readonly [context: KeyContext, title: string])[] = [
  ['list', 'Processes and Cooldown'],
  ['program', 'One program'],
  ['joint', 'The log of several programs'],
  ['anomalies', 'Anomalies'],
  ['zombies', 'Zombies'],
  ['events', 'Healing log'],
];

/** Returns the keys and commands of the terminal UI in Markdown, generated from the tables that define them. */
export function keyReference(): string {
  return [
    ...SECTIONS.map(([context, title]) => `### ${title}\n\n${keyTable(context)}`),
    `### Hosts of a fleet\n\n${tableOf(FLEET_KEYS)}`,
    commandTable(),
  ].join('\n\n');
}

/**
 * Keys that work in every view are listed once, with the first view. The log of several programs lists only its own; the
 * log below the table has the keys of both.
 */
function keyTable(context: KeyContext): string {
  return tableOf(KEYMAP.filter((binding) => isShownIn(binding.in, context)));
}

function tableOf(bindings: readonly { readonly keys: readonly string[]; readonly help: string }[]): string {
  const rows = bindings.map(({ keys, help }) => `| ${keyLabels(keys).map(codeOf).join(' ')} | ${help} |`);
  return ['| key | action |', '| --- | --- |', ...rows].join('\n');
}

function isShownIn(contexts: readonly KeyContext[], context: KeyContext): boolean {
  const isEverywhere = SECTIONS.every(([each]) => each === 'joint' || contexts.includes(each));
  if (context === 'joint') return contexts.includes('joint') && !contexts.includes('program');
  return contexts.includes(context) && (!isEverywhere || context === 'list');
}

function commandTable(): string {
  const rows = PALETTE.map(({ name, words, help }) => {
    const follow = words === 'none' ? '' : ` ${words.toUpperCase()}`;
    return `| \`:${name}${follow}\` | ${help} |`;
  });
  return ['### Commands after the colon', '', '| command | action |', '| --- | --- |', ...rows].join('\n');
}

function codeOf(key: string): string {
  return `\`${key.replaceAll('|', '\\|')}\``;
}
