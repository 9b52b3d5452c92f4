import { Command, Option } from 'commander';
import type { CommandOptions, CommandRow, OptionRow } from '../command/command.ts';
import { GLOBAL_OPTIONS } from '../command/command-options.ts';
import { COMMAND_GROUPS } from './command-table.ts';
import type { GlobalOptions } from '../command/context.ts';
import { EXAMPLES } from '../command/help-texts.ts';
import { VERSION } from '../command/version.ts';

/** The command line as commander knows it, made from the table. `onExit` hears each command's exit code. */
export function buildProgram(onExit: (code: number) => void): Command {
  const program = new Command('healer')
    .description('Keeps programs alive: starts them, watches them, heals them, and shows what it does.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .addHelpCommand(
      new Command('help').argument('[command]').description('print help for a command').helpGroup('Other:'),
    )
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    // Errors are printed once, by main, in the form that was asked for.
    .configureOutput({ outputError: () => undefined });
  for (const row of GLOBAL_OPTIONS) program.addOption(optionOf(row));
  for (const { heading, commands } of COMMAND_GROUPS) {
    for (const row of commands) addCommand(program, row, onExit).helpGroup(`${heading}:`);
  }
  return program;
}

function addCommand(program: Command, row: CommandRow, onExit: (code: number) => void): Command {
  const command = program.command(row.name).summary(row.summary).description(row.summary);
  if (row.details !== undefined) command.addHelpText('after', `\n${row.details}`);
  for (const [argument, summary] of row.arguments ?? []) command.argument(argument, summary);
  for (const option of row.options ?? []) command.addOption(optionOf(option));
  return command.action(async () => {
    const [{ run }, { createContext }] = await Promise.all([row.load(), import('../command/context.ts')]);
    const context = createContext(program.opts<GlobalOptions>());
    // What commander's parsers made of the options is what the table says they are.
    onExit(await run(context, command.processedArgs.flat() as readonly string[], command.opts<CommandOptions>()));
  });
}

function optionOf({ flags, summary, parse, choices, defaultValue }: OptionRow): Option {
  const option = new Option(flags, summary);
  if (parse !== undefined) option.argParser(parse);
  if (choices !== undefined) option.choices(choices);
  if (defaultValue !== undefined) option.default(defaultValue);
  return option;
}
