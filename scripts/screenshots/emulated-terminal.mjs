import pty from '@lydell/node-pty';
import headless from '@xterm/headless';

const GIVE_UP_MS = 30_000;
const POLL_MS = 50;

/** A program on a real pty, with a terminal emulator that interprets its output. */
export class EmulatedTerminal {
  #pty;
  #emulator;
  #written = Promise.resolve();

  /** @param {readonly string[]} command @param {{ columns: number, rows: number, env: Record<string, string>, cwd: string }} options */
  constructor([file, ...args], { columns, rows, env, cwd }) {
    this.#emulator = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#pty = pty.spawn(file, args, { cols: columns, rows, name: 'xterm-256color', env, cwd });
    this.#pty.onData((data) => {
      this.#written = this.#written.then(() => new Promise((done) => this.#emulator.write(data, done)));
    });
  }

  get columns() {
    return this.#emulator.cols;
  }

  get rows() {
    return this.#emulator.rows;
  }

  /** @param {number} row @param {number} column */
  cell(column, row) {
    const { active } = this.#emulator.buffer;
    return active.getLine(active.viewportY + row)?.getCell(column);
  }

  text() {
    const { active } = this.#emulator.buffer;
    return Array.from({ length: this.rows }, (_, row) => active.getLine(row)?.translateToString(true)).join('\n');
  }

  /** Sends the bytes of a key. @param {string} bytes */
  type(bytes) {
    this.#pty.write(bytes);
  }

  /** Resolves once the screen matches. @param {RegExp} wanted @throws {Error} with the last screen, after 30 s */
  async shows(wanted) {
    const deadline = Date.now() + GIVE_UP_MS;
    while (!wanted.test(this.text())) {
      if (Date.now() > deadline) throw new Error(`the screen does not show ${wanted} but\n${this.text()}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      await this.#written;
    }
  }

  close() {
    this.#pty.kill('SIGKILL');
    this.#emulator.dispose();
  }
}
