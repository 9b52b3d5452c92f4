import pty from '@lydell/node-pty';
import headless from '@xterm/headless';
import { waitFor as waitForCondition } from './wait-for.ts';

interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

interface Cell {
  readonly text: string;
  readonly color: number | null;
  readonly isInverse: boolean;
  readonly isBold: boolean;
}

/** Variables that make programs detect a test or CI environment. */
const HIDDEN_VARIABLES = /^(CI|CI_.*|CONTINUOUS_INTEGRATION|BUILD_NUMBER|TMUX|NO_COLOR|FORCE_COLOR|LC_ALL|LC_CTYPE)$/;

/** A terminal: a real pty that runs a program, and an emulator that interprets its output. */
export class Terminal implements AsyncDisposable {
  /** The complete output of the program. */
  raw = '';
  readonly exit: Promise<{ readonly exitCode: number; readonly signal?: number | undefined }>;
  readonly #pty: pty.IPty;
  readonly #emulator: InstanceType<typeof headless.Terminal>;
  #hasExited = false;
  #written: Promise<void> = Promise.resolve();

  constructor(command: readonly string[], { columns = 80, rows = 24, env = {} }: TerminalOptions = {}) {
    const [file = '', ...args] = command;
    this.#emulator = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#pty = pty.spawn(file, args, { cols: columns, rows, name: 'xterm-256color', env: environment(env) });
    this.#pty.onData((data) => {
      this.raw += data;
      this.#written = this.#written.then(() => this.#show(data));
    });
    this.#emulator.onData((answer) => {
      this.#pty.write(answer);
    });
    this.exit = new Promise((resolve) => {
      this.#pty.onExit((exit) => {
        this.#hasExited = true;
        resolve(exit);
      });
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  get altScreen(): boolean {
    return this.#emulator.buffer.active.type === 'alternate';
  }

  /** Returns whether the cursor is visible, according to the last escape sequence about it. */
  get cursorShown(): boolean {
    return this.raw.lastIndexOf('\x1b[?25l') <= this.raw.lastIndexOf('\x1b[?25h');
  }

  lines(): string[] {
    const { active } = this.#emulator.buffer;
    return Array.from(
      { length: this.#emulator.rows },
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? '',
    );
  }

  screen(): string {
    return this.lines().join('\n');
  }

  cell(column: number, row: number): Cell {
    const cell = this.#emulator.buffer.active.getLine(row)?.getCell(column);
    if (cell === undefined) throw new Error(`no cell at column ${column}, row ${row}`);
    return {
      text: cell.getChars(),
      color: cell.isFgDefault() ? null : cell.getFgColor(),
      isInverse: cell.isInverse() !== 0,
      isBold: cell.isBold() !== 0,
    };
  }

  /** Sends input; escape sequences are keys. */
  key(...keys: readonly string[]): void {
    for (const key of keys) this.#pty.write(key);
  }

  resize(columns: number, rows: number): void {
    this.#pty.resize(columns, rows);
    this.#emulator.resize(columns, rows);
  }

  signal(name: string): void {
    this.#pty.kill(name);
  }

  /** Closes the terminal, as when a terminal window is closed or an SSH connection ends. */
  hangUp(): void {
    (this.#pty as pty.IPty & { destroy(): void }).destroy();
  }

  /** Stops reading until `resumeReading`, like a suspended connection. */
  pauseReading(): void {
    this.#pty.pause();
  }

  resumeReading(): void {
    this.#pty.resume();
  }

  /** Waits until the screen matches. @throws Error with the last screen */
  async waitFor(wanted: RegExp | string | ((screen: string) => boolean), timeoutMs = 60_000): Promise<string> {
    try {
      return await waitForCondition(
        async () => {
          await this.#written;
          const screen = this.screen();
          return isOn(screen, wanted) ? screen : null;
        },
        `the screen to show ${String(wanted)}`,
        timeoutMs,
      );
    } catch (error) {
      throw new Error(`${(error as Error).message}; it shows\n${this.screen()}`, { cause: error });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasExited) this.#pty.kill('SIGKILL');
    await this.exit;
    this.#emulator.dispose();
  }

  #show(data: string): Promise<void> {
    return new Promise((resolve) => {
      this.#emulator.write(data, resolve);
    });
  }
}

function isOn(screen: string, wanted: RegExp | string | ((screen: string) => boolean)): boolean {
  if (typeof wanted === 'function') return wanted(screen);
  return typeof wanted === 'string' ? screen.includes(wanted) : wanted.test(screen);
}

function environment(changes: Readonly<Record<string, string>>): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !HIDDEN_VARIABLES.test(entry[0]),
  );
  return { ...Object.fromEntries(inherited), TERM: 'xterm-256color', LANG: 'C.UTF-8', ...changes };
}

/** Maps keys to the bytes that terminals send for them. */
export const KEYS = {
  up: '\x1b[A',
  down: '\x1b[B',
  escape: '\x1b',
  enter: '\r',
  tab: '\t',
  backspace: '\x7f',
  pageDown: '\x1b[6~',
  ctrlC: '\x03',
  ctrlL: '\x0c',
  ctrlZ: '\x1a',
} as const;
