import { createContext, NO_OPTIONS } from './command/context.ts';
import { openTui, wantsScreenReader } from './commands/tui.ts';
import { continueWithoutReader, leaveErrorsToOthers } from './output/end-without-reader.ts';

/**
 * Opens the terminal UI without the parser and the table of all commands, which take longer to load than the first frame to
 * draw. Returns the exit code; null if the UI cannot be opened here: then the parser reports why.
 */
async function openQuickly(): Promise<number | null> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return null;
  continueWithoutReader();
  try {
    const context = createContext(NO_OPTIONS);
    return await openTui(context, { readOnly: false, mouse: true, screenReader: wantsScreenReader(context.env) });
  } catch {
    leaveErrorsToOthers();
    return null;
  }
}

const exitCode = (await openQuickly()) ?? (await (await import('./command-line.ts')).runCommandLine(['tui']));
process.exitCode = exitCode === 0 ? (process.exitCode ?? 0) : exitCode;
