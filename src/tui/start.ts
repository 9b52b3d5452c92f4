import { RunningScreen, type ScreenOptions } from './screens/running-screen.ts';
import { type Ending, exitCodeOf } from './terminal/ending.ts';

export type TuiOptions = ScreenOptions;

const NO_TERMINAL = 2;

/**
 * Runs the terminal UI until it is left and gives the terminal back as it was, whatever ended it.
 * Resolves with the exit code: 0 on q, 130 Ctrl-C, 143 SIGTERM, 129 when the terminal went away, 70 after a crash.
 */
export async function startTui(options: TuiOptions): Promise<number> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    process.stderr.write(
      'healer: the terminal UI needs a terminal; "healer status" and "healer ls" work without one\n',
    );
    return NO_TERMINAL;
  }
  const ending = await new Promise<Ending>((resolve) => {
    new RunningScreen(options, resolve).open();
  });
  if (ending.kind === 'crash') process.stderr.write(`healer: the terminal UI failed\n${describe(ending.error)}\n`);
  return exitCodeOf(ending);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
