import { type Context, createContext, NO_OPTIONS } from '../command/context.ts';
import { run as list } from '../commands/ls.ts';
import { run as showStatus } from '../commands/status.ts';
import { continueWithoutReader, leaveErrorsToOthers } from '../output/end-without-reader.ts';

const JSON_FLAG = '--json';

type QuickCommand = (context: Context, ids: readonly string[]) => Promise<number>;

/** Commands that scripts and people repeat many times, and that only read. */
const QUICK: ReadonlyMap<string, QuickCommand> = new Map<string, QuickCommand>([
  ['ls', (context, ids) => list(context, ids, { watch: false, intervalMs: undefined })],
  ['status', (context) => showStatus(context, [], {})],
]);

/**
 * Runs the most frequent command lines without the parser and the table of all commands, whose many files take longer to load
 * than such a command to run. Returns the exit code; null for any other command line, and for one that fails: then the
 * parser runs it from the beginning and reports what is wrong.
 */
export async function runQuickly(words: readonly string[]): Promise<number | null> {
  const [name = '', ...others] = words;
  const command = QUICK.get(name);
  const ids = others.filter((word) => word !== JSON_FLAG);
  if (command === undefined || ids.some((word) => word.startsWith('-'))) return null;
  if (name !== 'ls' && ids.length > 0) return null;
  continueWithoutReader();
  try {
    const context = createContext({ ...NO_OPTIONS, json: others.includes(JSON_FLAG) });
    // This file contains no client for remote engines.
    if (context.remote !== null) return null;
    return await command(context, ids);
  } catch {
    leaveErrorsToOthers();
    return null;
  }
}
