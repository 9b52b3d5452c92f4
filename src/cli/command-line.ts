import { type Command, CommanderError } from 'commander';
import { offerEngine, type OfferedEngine } from './engine/offered-engine.ts';
import { continueWithoutReader } from './output/end-without-reader.ts';
import type { FailedLine } from './output/report-error.ts';
import { buildProgram } from './program/program.ts';

/** Commander asks for help in the same way if "help" names a command that does not exist. */
function isWithoutCommand(argv: readonly string[]): boolean {
  return !argv.includes('--json') && !argv.includes('help');
}

/**
 * Runs one command line. Returns the exit code: 0 success, 1 failure, 2 wrong usage, 3 engine not running.
 * @param early the engine that was started for it already
 */
export async function runCommandLine(argv: readonly string[], early: OfferedEngine | null = null): Promise<number> {
  continueWithoutReader();
  if (early !== null) offerEngine(early);
  let exitCode = 0;
  const program = buildProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    // Commander also throws after printing help or the version.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    if (error instanceof CommanderError && error.code === 'commander.help' && isWithoutCommand(argv)) {
      process.stderr.write((await import('./command/first-commands.ts')).FIRST_COMMANDS);
      return 2;
    }
    const [{ reportError }, { HealerError }] = await Promise.all([
      import('./output/report-error.ts'),
      import('../protocol/errors.ts'),
    ]);
    const line = lineOf(program, argv);
    const isMissing = error instanceof HealerError && error.code === 'ENGINE_NOT_RUNNING';
    const known = isMissing
      ? (await import('./engine/engine-elsewhere.ts')).nameOtherEngines(error, process.env)
      : error;
    return reportError(known, { json: argv.includes('--json'), ...line });
  }
  return exitCode;
}

function namesOf(program: Command): readonly string[] {
  return [...program.commands.map((command) => command.name()), 'help'];
}

function lineOf(program: Command, words: readonly string[]): FailedLine {
  const commands = namesOf(program);
  const command = words.find((word) => commands.includes(word));
  const options = [...(program.commands.find((each) => each.name() === command)?.options ?? []), ...program.options];
  return { command, words, commands, flags: options.flatMap(({ long }) => long ?? []) };
}
