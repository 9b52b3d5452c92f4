import type { CommandRow } from '../src/cli/command/command.ts';
import type { OptionRow, OptionRows } from '../src/cli/command/option.ts';
import { GLOBAL_OPTIONS } from '../src/cli/command/shared-options.ts';
import { COMMAND_GROUPS } from '../src/cli/command-groups/command-table.ts';

/** Returns the command reference in Markdown, generated from the command table. */
export function cliReference(): string {
  const parts = [
    '# Commands',
    'Generated from `src/cli/command-groups/` by `npm run generate`.',
    'Exit codes: 0 success, 1 failure, 2 wrong usage, 3 engine not running.',
    '## Options of all commands',
    optionList(GLOBAL_OPTIONS),
    ...COMMAND_GROUPS.flatMap(({ heading, commands }) => [
      `## ${heading}`,
      ...Object.entries(commands).flatMap(commandParts),
    ]),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function commandParts([name, row]: readonly [name: string, row: CommandRow]): string[] {
  const { summary, details = '', arguments: args = [], options = {} } = row;
  const usage = ['healer', name, ...args.map(([argument]) => argument)].join(' ');
  const meanings = args.map(([argument, meaning]) => `- \`${argument}\`: ${escapeText(meaning)}`);
  return [
    `### ${name}`,
    `\`${usage}\``,
    `${escapeText(summary)}.`,
    [...meanings, optionList(options)].filter((line) => line !== '').join('\n'),
    details === '' ? '' : `\`\`\`\n${details}\n\`\`\``,
  ];
}

function optionList(rows: OptionRows): string {
  const lines = Object.values(rows).flatMap((row) => [
    optionLine(row),
    ...(row.opposite === undefined ? [] : [optionLine({ ...row.opposite, fallback: undefined })]),
  ]);
  return lines.join('\n');
}

function optionLine({ flags, summary, choices, fallback }: OptionRow): string {
  const facts = [
    choices === undefined ? '' : `one of: ${choices.join(', ')}`,
    typeof fallback === 'string' || typeof fallback === 'number' ? `default: ${fallback}` : '',
  ].filter((fact) => fact !== '');
  return `- \`${flags}\`: ${escapeText(summary)}${facts.length === 0 ? '' : ` (${facts.join('; ')})`}`;
}

/** Escapes characters with a meaning in Markdown. */
function escapeText(text: string): string {
  return text.replace(/[<*_]/g, '\\$&');
}
