#!/usr/bin/env node
import { CommanderError } from 'commander';
import { endQuietlyWithoutReader } from './output/end-without-reader.ts';
import { buildProgram } from './program/program.ts';

/** Runs one command line. Returns the exit code: 0 success, 1 failure, 2 wrong usage, 3 engine not running. */
async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = buildProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    // Commander also throws after printing help or the version.
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
