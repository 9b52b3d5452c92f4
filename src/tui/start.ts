import { rebindKeys } from './keys/keymap.ts';
import type { FleetSource } from './fleet/fleet-source.ts';
import { Screens } from './screens-in-turn.ts';
import type { ScreenOptions } from './screens/screen-options.ts';
import { readSettings } from './screens/settings.ts';
import { closeSync, openSync } from 'node:fs';
import { endByHangup, exitCodeOf } from './terminal/exit-cause.ts';

/** Settings of the terminal UI. */
export interface TuiOptions extends Omit<ScreenOptions, 'fleet' | 'read'> {
  /** The fleet whose credential the user holds; null without one. */
  readonly fleet: FleetSource | null;
  /** What is shown first. */
  readonly first: 'programs' | 'fleet';
  /** The contents of the settings file; null without one. */
  readonly settings?: unknown;
  /** Why the settings file cannot be read; null if it can. */
  readonly settingsProblem?: string | null;
}

const NO_TERMINAL = 2;

/**
 * Runs the terminal UI until the user quits or it fails, and restores the terminal in either case. Resolves with the exit
 * code: 0 after q, 130 after Ctrl-C, 143 after SIGTERM, 129 when the terminal was closed, 70 after a crash.
 */
export async function startTui(options: TuiOptions): Promise<number> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    process.stderr.write(
      'healer: the terminal UI needs a terminal; "healer status" and "healer ls" work without one\n',
    );
    return NO_TERMINAL;
  }
  const { settings, problems } = readSettings(options.settings);
  const { settingsProblem = null } = options;
  const read = { settings, problems: settingsProblem === null ? problems : [settingsProblem, ...problems] };
  if (read.settings.keys !== undefined) rebindKeys(read.settings.keys);
  const cause = await new Screens({ ...options, read }).show();
  if (cause.kind === 'signal' && cause.signal === 'SIGHUP' && !isTerminalThere()) endByHangup();
  if (cause.kind === 'crash') process.stderr.write(`healer: the terminal UI failed\n${describe(cause.error)}\n`);
  return exitCodeOf(cause);
}

function isTerminalThere(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
