import { spawn } from 'node:child_process';
import { TUI_LIMITS } from '../style/limits.ts';
import type { TerminalScreen } from './screen.ts';

/** The user's own pager, run by a shell, since $PAGER may have options. */
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
   * Whether a SIGINT that comes now is the pager's Ctrl-C. The terminal sends it to both processes, and the one that
   * tells of the pager's end may get here before it.
   */
  get ownsInterrupt(): boolean {
    return this.#isOpen || performance.now() - this.#closedAt < TUI_LIMITS.lateInterruptMs;
  }

  /**
   * Gives the terminal to the pager until it ends.
   * @throws Error when there is none.
   */
  async show(file: string, env: NodeJS.ProcessEnv): Promise<void> {
    const pager = env['PAGER'] ?? '';
    // At the end, where the newest is; escape sequences of the program are shown, not obeyed.
    const command = pager.trim() === '' ? 'less +G' : pager;
    this.#isOpen = true;
    this.#screen.leave();
    try {
      const code = await exitCodeOf(['/bin/sh', '-c', `${command} "$1"`, 'sh', file]);
      if (code === NOT_FOUND) throw new Error(`"${command}" is not installed; set PAGER to what shows files here`);
    } finally {
      this.#isOpen = false;
      this.#closedAt = performance.now();
      this.#screen.enter();
      this.#screen.repaint();
    }
  }
}

/** What a shell says of a command that it cannot find. */
const NOT_FOUND = 127;

function exitCodeOf([file = '', ...args]: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    spawn(file, args, { stdio: 'inherit' }).once('error', reject).once('exit', resolve);
  });
}
