#!/usr/bin/env node
import { runQuickly } from './quick/quick-commands.ts';

const words = process.argv.slice(2);
const exitCode = (await runQuickly(words)) ?? (await (await import('./command-line.ts')).runCommandLine(words));
// Output that could not be written is a failure too.
process.exitCode = exitCode === 0 ? (process.exitCode ?? 0) : exitCode;
