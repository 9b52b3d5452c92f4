import { Command, Option } from 'commander';
import type { CommandRow } from '../command/command.ts';
import type { GlobalOptions } from '../command/context.ts';
import { EXAMPLES } from '../command/help-texts.ts';
import type { OptionRow, OptionRows } from '../command/option.ts';
import { GLOBAL_OPTIONS } from '../command/shared-options.ts';
import { PACKAGE_VERSION } from '../../base/package-version.ts';
import { COMMAND_FAMILIES, COMMAND_GROUPS } from '../command-groups/command-table.ts';
import { loadCommand } from './command-code.ts';
import { addFamily } from './command-family.ts';

/** Returns the command line as commander parses it, built from the table. `onExit` receives the command's exit code. */
export function buildProgram(onExit: (code: number) => void): Command {
  const program = new Command('healer')
    .description('Keeps programs alive: starts, monitors and heals them, and shows what it does.')
    .version(PACKAGE_VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .addHelpCommand(
      new Command('help').argument('[command]').description('Print help for a command').helpGroup('Other:'),
    )
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .showSuggestionAfterError(false)
    // Main prints errors once, in the requested form.
    .configureOutput({ outputError: () => undefined, writeErr: () => undefined });
  addOptions(program, GLOBAL_OPTIONS);
  for (const { heading, commands } of COMMAND_GROUPS) {
    for (const [name, row] of Object.entries(commands)) {
      const [first = '', second] = name.split(' ');
      const parent = second === undefined ? program : familyOf(program, first, heading);
      addCommand(program, parent, name, row, onExit).helpGroup(second === undefined ? `${heading}:` : 'Commands:');
    }
  }
  return program;
}

/** Returns the parent of commands of two words, which is created for the first of them. */
function familyOf(program: Command, name: string, heading: string): Command {
  const known = program.commands.find((command) => command.name() === name);
  return known ?? addFamily(program, name, COMMAND_FAMILIES[name] ?? name).helpGroup(`${heading}:`);
}

function addCommand(
  program: Command,
  parent: Command,
  name: string,
  row: CommandRow,
  onExit: (code: number) => void,
): Command {
  const { summary, details, arguments: args = [], options = {} } = row;
  const command = parent
    .command(name.split(' ').at(-1) ?? name)
    .summary(summary)
    .description(summary);
  if (details !== undefined) command.addHelpText('after', `\n${details}`);
  for (const [argument, meaning] of args) command.argument(argument, meaning);
  addOptions(command, options);
  return command.action(async () => {
    const [run, { createContext }] = await Promise.all([loadCommand(name), import('../command/context.ts')]);
    const context = createContext(valuesOf(program, GLOBAL_OPTIONS) as GlobalOptions);
    onExit(await run(context, command.processedArgs.flat() as readonly string[], valuesOf(command, options)));
  });
}

/** The value that a parser returned. Commander would replace a bare null with an empty string. */
class Parsed {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

function addOptions(command: Command, rows: OptionRows): void {
  for (const row of Object.values(rows)) {
    command.addOption(commanderOption(row));
    if (row.opposite !== undefined) command.addOption(new Option(row.opposite.flags, row.opposite.summary));
  }
}

function commanderOption({ flags, summary, parse, choices, fallback }: OptionRow): Option {
  const option = new Option(flags, summary);
  if (choices !== undefined) option.choices(choices);
  if (parse !== undefined) {
    option.argParser(
      (text, previous) => new Parsed(parse(text, previous instanceof Parsed ? previous.value : undefined)),
    );
  }
  // For help; the value of an option that is not given is taken from its row.
  if (typeof fallback !== 'boolean') option.default(fallback);
  return option;
}

/** Returns the values of options as the rows define them. */
function valuesOf(command: Command, rows: OptionRows): Readonly<Record<string, unknown>> {
  const entries = Object.entries(rows).map(([name, row]) => [name, valueOf(command, row)]);
  return Object.fromEntries(entries) as Readonly<Record<string, unknown>>;
}

function valueOf(command: Command, { flags, fallback }: OptionRow): unknown {
  const attribute = new Option(flags).attributeName();
  if (command.getOptionValueSource(attribute) !== 'cli') return fallback;
  const value: unknown = command.getOptionValue(attribute);
  return value instanceof Parsed ? value.value : value;
}
