#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeCompiled } from '../base/keep-compiled.ts';
import { ownStartCode, type StartCode } from '../base/start-code.ts';
import { startEarly } from './quick/early-engine.ts';
import { runQuickly } from './quick/quick-commands.ts';

/** Resolves once the command line was run. */
export const finished = run(process.argv.slice(2));

async function run(words: readonly string[]): Promise<void> {
  // An engine in the foreground is loaded in this process too, and replaces this.
  const code = ownStartCode();
  const quick = await runQuickly(words);
  const exitCode = quick ?? (await runWithParser(words));
  // Output that could not be written is a failure too.
  process.exitCode = exitCode === 0 ? (process.exitCode ?? 0) : exitCode;
  if (quick !== null && code !== undefined) keepCompiled(code);
}

/** Keeps the compiled form of the quick commands for the next one, if healer has ever run for this user. */
function keepCompiled(code: StartCode): void {
  const { isCompiled, ownFile } = code;
  if (!isCompiled && ownFile !== null && existsSync(dirname(dirname(ownFile)))) writeCompiled(code, ownFile);
}

async function runWithParser(line: readonly string[]): Promise<number> {
  const early = await startEarly(line);
  const { runCommandLine } = await import('./command-line.ts');
  return runCommandLine(line, early);
}
