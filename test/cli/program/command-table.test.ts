import { describe, expect, test } from 'vitest';
import type { CommandRow } from '../../../src/cli/command/command.ts';
import type { OptionRow } from '../../../src/cli/command/option.ts';
import { GLOBAL_OPTIONS } from '../../../src/cli/command/shared-options.ts';
import { COMMAND_FAMILIES, COMMAND_GROUPS, COMMANDS } from '../../../src/cli/command-groups/command-table.ts';
import { buildProgram } from '../../../src/cli/program/program.ts';

const ROWS: readonly (readonly [name: string, row: CommandRow])[] = Object.entries(COMMANDS);
const OPTIONS = ROWS.flatMap(([name, { options = {} }]) =>
  Object.values(options).map((option: OptionRow) => [`${name} ${option.flags}`, option] as const),
);
const GLOBALS = Object.values(GLOBAL_OPTIONS).map((option: OptionRow) => [option.flags, option] as const);

test('each command is in one group, and in the order of help', () => {
  const grouped = COMMAND_GROUPS.flatMap(({ commands }) => Object.keys(commands));
  expect(grouped).toEqual(Object.keys(COMMANDS));
});

describe('help', () => {
  test.each(ROWS)('of %s starts with a capital letter and has no period at the end', (_name, { summary }) => {
    expect(summary).toMatch(/^[A-Z][a-z]+ .*[^.]$/);
  });

  test.each(ROWS.flatMap(([name, row]) => (row.arguments ?? []).map(([argument, text]) => [name, argument, text])))(
    'of %s describes %s',
    (_name, argument, text) => {
      expect(argument).toMatch(/^[<[][a-z]+(\.{3})?[>\]]$/);
      expect(text).not.toBe('');
    },
  );

  test.each([...OPTIONS, ...GLOBALS])('of %s starts with a verb in lower case', (_name, { summary, opposite }) => {
    for (const text of [summary, opposite?.summary ?? summary]) expect(text).toMatch(/^[a-z]+ .*[^.]$/);
  });

  test('lists every command with its summary, those of two words in the help of the first word', () => {
    const program = buildProgram(() => undefined);
    for (const [name, { summary }] of ROWS) {
      const [first = '', second] = name.split(' ');
      const parent = second === undefined ? program : program.commands.find((command) => command.name() === first)!;
      const help = parent.helpInformation().replace(/\s+/g, ' ');
      expect(help).toContain(` ${second ?? name} `);
      expect(help).toContain(summary);
    }
    const help = program.helpInformation().replace(/\s+/g, ' ');
    for (const [name, summary] of Object.entries(COMMAND_FAMILIES))
      expect(help).toContain(`${name} [command] ${summary}`);
  });
});

describe('an option', () => {
  test.each([...OPTIONS, ...GLOBALS])('%s has a long flag, and a value only if it needs one', (_name, option) => {
    expect(option.flags).toMatch(/^(-[A-Za-z], )?--[a-z-]+( <[a-z=]+>)?$/);
    expect(typeof option.fallback === 'boolean' || option.opposite !== undefined || option.flags.includes('<')).toBe(
      true,
    );
  });

  test('is declared once per command, and does not hide a global option', () => {
    const globals = GLOBALS.map(([flags]) => flags.split(' ')[0]);
    for (const [, { options = {} }] of ROWS) {
      const flags = Object.values(options).flatMap((option: OptionRow) => option.flags.match(/--?[a-z-]+/g) ?? []);
      expect(new Set(flags).size).toBe(flags.length);
      for (const flag of flags) expect(globals).not.toContain(flag);
    }
  });
});
