#!/usr/bin/env node
import { startEarly } from './quick/early-engine.ts';
import { runQuickly } from './quick/quick-commands.ts';

const words = process.argv.slice(2);
const exitCode = (await runQuickly(words)) ?? (await runWithParser(words));
// Output that could not be written is a failure too.
process.exitCode = exitCode === 0 ? (process.exitCode ?? 0) : exitCode;

async function runWithParser(line: readonly string[]): Promise<number> {
  const early = await startEarly(line);
  const { runCommandLine } = await import('./command-line.ts');
  return runCommandLine(line, early);
}
