import { spawn } from 'node:child_process';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import type { TerminalScreen } from './screen.ts';

/** Runs the user's pager in a shell, because $PAGER may contain options. */
export class Pager {
  readonly #screen: TerminalScreen;
  #isOpen = false;
  #closedAt = -Infinity;

  constructor(screen: TerminalScreen) {
    this.#screen = screen;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Whether a SIGINT that arrives now is the pager's Ctrl-C. The terminal sends it to both processes, and it may arrive
   * after the exit of the pager has been noticed.
   */
  get ownsInterrupt(): boolean {
    return this.#isOpen || performance.now() - this.#closedAt < TUI_LIMITS.lateInterruptMs;
  }

  /**
   * Shows a file in the pager and resolves once the pager has exited.
   * @throws Error if the pager is not installed.
   */
  async show(file: string, env: NodeJS.ProcessEnv): Promise<void> {
    const pager = env['PAGER'] ?? '';
    // +G starts at the end, where the newest lines are. Without -R, less does not interpret escape sequences.
    const command = pager.trim() === '' ? 'less +G' : pager;
    this.#isOpen = true;
    this.#screen.leave();
    try {
      const code = await exitCodeOf(['/bin/sh', '-c', `${command} "$1"`, 'sh', file]);
      if (code === NOT_FOUND)
        throw new Error(`cannot run the pager "${command}": command not found; set PAGER to an installed pager`);
    } finally {
      this.#isOpen = false;
      this.#closedAt = performance.now();
      this.#screen.enter();
      this.#screen.repaint();
    }
  }
}

/** The exit code of a shell that does not find the command. */
const NOT_FOUND = 127;

function exitCodeOf([file = '', ...args]: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    spawn(file, args, { stdio: 'inherit' }).once('error', reject).once('exit', resolve);
  });
}
