import { KEYS, Terminal } from './terminal.ts';
import { isTmuxInstalled, Tmux } from './tmux.ts';
import { waitFor } from './wait-for.ts';

export interface ShellSize {
  readonly columns: number;
  readonly rows: number;
}

export interface TerminalModes {
  /** Whether the alternate screen is on. */
  readonly alternate: boolean;
  readonly cursor: boolean;
}

/** A shell in a terminal. */
export interface Shell extends AsyncDisposable {
  /** Types a line and Enter. */
  type(line: string): void;
  /** Presses keys by their names in tmux: "q", "C-c", "Escape", "Down". */
  press(...keys: readonly string[]): void;
  screen(): string;
  modes(): TerminalModes;
}

const COMMAND = ['/usr/bin/env', '-i', `PATH=${process.env['PATH'] ?? ''}`, 'LANG=C.UTF-8', 'PS1=ready> '];

/** Opens a shell in tmux, or, if it is not installed, on a pty with a terminal emulator. */
export async function openShell(size: ShellSize): Promise<Shell> {
  const shell = isTmuxInstalled()
    ? new Tmux(size, [...COMMAND, 'TERM=screen-256color', '/bin/sh'])
    : new PtyShell(size, [...COMMAND, 'TERM=xterm-256color', '/bin/sh']);
  await shows(shell, 'ready>');
  return shell;
}

/** Waits until the screen shows the text, and returns the screen. */
export async function shows(shell: Shell, wanted: string | RegExp): Promise<string> {
  let screen = '';
  const isShown = (): boolean => {
    screen = shell.screen();
    return typeof wanted === 'string' ? screen.includes(wanted) : wanted.test(screen);
  };
  try {
    await waitFor(isShown, `the screen to show ${String(wanted)}`);
  } catch (error) {
    throw new Error(`the screen does not show ${String(wanted)} but\n${screen}`, { cause: error });
  }
  return screen;
}

const BYTES: Readonly<Record<string, string>> = {
  'C-c': KEYS.ctrlC,
  Escape: KEYS.escape,
  Down: KEYS.down,
  Enter: KEYS.enter,
};

class PtyShell implements Shell {
  readonly #terminal: Terminal;

  constructor({ columns, rows }: ShellSize, command: readonly string[]) {
    this.#terminal = new Terminal(command, { columns, rows });
  }

  type(line: string): void {
    this.#terminal.key(line, KEYS.enter);
  }

  press(...keys: readonly string[]): void {
    this.#terminal.key(...keys.map((key) => BYTES[key] ?? key));
  }

  screen(): string {
    return this.#terminal.screen();
  }

  modes(): TerminalModes {
    return { alternate: this.#terminal.altScreen, cursor: this.#terminal.cursorShown };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#terminal[Symbol.asyncDispose]();
  }
}
