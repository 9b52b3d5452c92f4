#!/usr/bin/env node
import { CommanderError } from 'commander';
import { endQuietlyWithoutReader } from './output/end-without-reader.ts';
import { buildProgram } from './program/program.ts';

/** Runs one command line. Gives the exit code: 0 ok, 1 failed, 2 usage, 3 no engine. */
async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = buildProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    // Help and version come as errors too; commander has printed them.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const { reportError } = await import('./output/report-error.ts');
    const names = program.commands.map((command) => command.name());
    const command = argv.find((word) => names.includes(word));
    return reportError(error, { json: argv.includes('--json'), command });
  }
  return exitCode;
}

endQuietlyWithoutReader();
process.exitCode = await main(process.argv.slice(2));
