import pty from '@lydell/node-pty';
import headless from '@xterm/headless';

const LOOK_MS = 20;
const GIVE_UP_MS = 30_000;

/** A program on a pty with a terminal that shows what it writes and answers what it asks. */
export class WatchedTerminal {
  bytes = 0;
  #pty;
  #emulator;

  /** @param {readonly string[]} command @param {{ columns: number, rows: number, env: Record<string, string> }} options */
  constructor([file, ...args], { columns, rows, env }) {
    this.#emulator = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#pty = pty.spawn(file, args, { cols: columns, rows, name: 'xterm-256color', env });
    this.#pty.onData((data) => {
      this.bytes += Buffer.byteLength(data);
      this.#emulator.write(data);
    });
    this.#emulator.onData((answer) => this.#pty.write(answer));
  }

  get pid() {
    return this.#pty.pid;
  }

  /** @param {string} keys */
  type(keys) {
    this.#pty.write(keys);
  }

  screen() {
    const { active } = this.#emulator.buffer;
    return Array.from({ length: this.#emulator.rows }, (_, row) => active.getLine(row)?.translateToString(true)).join(
      '\n',
    );
  }

  /** Resolves to how long it took, in ms, until the screen fits. @param {(screen: string) => boolean} fits */
  async shows(fits, what) {
    const startedAt = performance.now();
    while (!fits(this.screen())) {
      if (performance.now() - startedAt > GIVE_UP_MS) throw new Error(`no ${what} on\n${this.screen()}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return performance.now() - startedAt;
  }

  async close() {
    const ended = new Promise((resolve) => this.#pty.onExit(resolve));
    this.#pty.kill('SIGKILL');
    await ended;
    this.#emulator.dispose();
  }
}
