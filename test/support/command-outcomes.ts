import { join } from 'node:path';
import { COMMAND_LINES } from './every-command.ts';
import type { HealerHome } from './healer-home.ts';
import type { CliResult } from './run-cli.ts';
import { KEYS, Terminal } from './terminal.ts';

/** Runs a command in some environment. */
export type RunCommand = (...args: readonly string[]) => Promise<CliResult>;

/** Texts of Node and of the kernel that explain nothing to a user. */
const RAW = /uv_|ENOENT|EACCES|system error|undefined|\n +at /;
const DEFINITIONS = 'processes:\n  web: {command: sleep, args: ["100000"], startSeconds: 0}\n';

/** On a busy machine. */
const TUI_MS = 60_000;

/** Commands that would end what the others need; they run last. */
const LAST = ['remove', 'down'];

/** Writes a file that defines the program "web". Returns its path. */
export function defineWeb(home: HealerHome): string {
  home.write('healer.yaml', DEFINITIONS);
  return join(home.folder, 'healer.yaml');
}

/** How a command has ended: its exit code, and the error if it names a failed call instead of the situation. */
export interface Outcome {
  readonly code: number | null;
  readonly raw: string;
  readonly stderr: string;
}

/** The terminal UI in some environment. */
export interface TuiCommand {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Starts an engine for a definition of "web", and runs every command once. Returns how each has ended. */
export async function outcomesOf(
  run: RunCommand,
  file: string,
  tui: TuiCommand,
): Promise<ReadonlyMap<string, Outcome>> {
  const rank = ([name = '']: readonly string[]): number => LAST.indexOf(name);
  const lines = [['up', '-f', file], ...COMMAND_LINES].sort((a, b) => rank(a) - rank(b));
  const outcomes = new Map<string, Outcome>();
  for (const args of lines) {
    const { code, stdout, stderr } = await run(...args);
    const name = args[1] === '-f' ? 'up -f FILE' : args.join(' ');
    outcomes.set(name, { code, raw: RAW.test(stderr) ? stderr : '', stderr: RAW.test(stdout) ? stdout : stderr });
    if (args[0] === 'up') outcomes.set('tui', await tuiOutcome(tui));
  }
  return outcomes;
}

/** Opens the terminal UI, waits for its table, opens a program, and quits. */
async function tuiOutcome({ command, env }: TuiCommand): Promise<Outcome> {
  await using terminal = new Terminal(command, { columns: 120, env });
  try {
    await terminal.waitFor(/web .*running/, TUI_MS);
    terminal.key(KEYS.enter);
    await terminal.waitFor('sleep 100000', TUI_MS);
    terminal.key('q');
    const { exitCode } = await terminal.exit;
    return { code: exitCode, raw: RAW.test(terminal.raw) ? terminal.raw : '', stderr: terminal.screen() };
  } catch (error) {
    return { code: null, raw: String(error), stderr: terminal.screen() };
  }
}

/** Returns the commands that ended with another exit code than usual, with what they printed as an error. */
export function differences(
  usual: ReadonlyMap<string, Outcome>,
  found: ReadonlyMap<string, Outcome>,
): Readonly<Record<string, string>> {
  const different = [...found].filter(([name, { code, raw }]) => raw !== '' || code !== usual.get(name)?.code);
  return Object.fromEntries(different.map(([name, { code, stderr }]) => [name, `${String(code)}: ${stderr}`]));
}
