import type { CommandRow, OptionRow } from '../src/cli/command/command.ts';
import { GLOBAL_OPTIONS } from '../src/cli/command/command-options.ts';
import { COMMAND_GROUPS } from '../src/cli/command-groups/command-table.ts';

/** The command reference, in Markdown, from the command table. */
export function cliReference(): string {
  const parts = [
    '# Commands',
    'Generated from `src/cli/command-groups/` by `npm run generate`.',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no engine is running.',
    '## Options of all commands',
    optionList(GLOBAL_OPTIONS),
    ...COMMAND_GROUPS.flatMap(({ heading, commands }) => [`## ${heading}`, ...commands.flatMap(commandParts)]),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function commandParts({ name, summary, details = '', arguments: args = [], options = [] }: CommandRow): string[] {
  const usage = ['healer', name, ...args.map(([argument]) => argument)].join(' ');
  const meanings = args.map(([argument, meaning]) => `- \`${argument}\`: ${escapeText(meaning)}`);
  return [
    `### ${name}`,
    `\`${usage}\` — ${escapeText(summary)}.`,
    [...meanings, optionList(options)].filter((line) => line !== '').join('\n'),
    details === '' ? '' : `\`\`\`\n${details}\n\`\`\``,
  ];
}

function optionList(options: readonly OptionRow[]): string {
  return options.map(optionLine).join('\n');
}

function optionLine({ flags, summary, choices, defaultValue }: OptionRow): string {
  const facts = [
    choices === undefined ? '' : `one of ${choices.join(', ')}`,
    defaultValue === undefined ? '' : `default ${defaultValue}`,
  ].filter((fact) => fact !== '');
  return `- \`${flags}\`: ${escapeText(summary)}${facts.length === 0 ? '' : ` (${facts.join('; ')})`}`;
}

/** What Markdown would take for its own. */
function escapeText(text: string): string {
  return text.replace(/[<*_]/g, '\\$&');
}
