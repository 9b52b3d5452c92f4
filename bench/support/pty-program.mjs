import pty from '@lydell/node-pty';

const GIVE_UP_MS = 20_000;

/** A full-screen program on its own pty, with a count of the bytes that it writes. */
export class PtyProgram {
  bytes = 0;
  #tail = '';
  #pty;
  #waiting = new Set();

  /** @param {readonly string[]} command @param {{ columns: number, rows: number, env: Record<string, string> }} options */
  constructor([file, ...args], { columns, rows, env }) {
    this.startedAt = performance.now();
    this.#pty = pty.spawn(file, args, { cols: columns, rows, name: 'xterm-256color', env });
    this.#pty.onData((data) => this.#take(data));
  }

  get pid() {
    return this.#pty.pid;
  }

  /** @param {string} bytes */
  type(bytes) {
    this.#pty.write(bytes);
  }

  /** Resolves to the time at which it wrote this since the last wait. @param {RegExp} wanted @returns {Promise<number>} */
  async wrote(wanted) {
    let timer;
    const found = new Promise((resolve, reject) => {
      const waiting = { wanted, resolve };
      this.#waiting.add(waiting);
      timer = setTimeout(() => reject(new Error(`no output matches ${wanted}: ${this.#tail}`)), GIVE_UP_MS);
    });
    this.#answer();
    return found.finally(() => clearTimeout(timer));
  }

  /** Excludes the output so far from the next wait. */
  forget() {
    this.#tail = '';
  }

  async close() {
    const ended = new Promise((resolve) => this.#pty.onExit(resolve));
    this.#pty.kill('SIGKILL');
    await ended;
  }

  #take(data) {
    this.bytes += Buffer.byteLength(data);
    this.#tail = (this.#tail + data).slice(-200_000);
    this.#answer();
  }

  #answer() {
    for (const waiting of this.#waiting) {
      if (!waiting.wanted.test(this.#tail)) continue;
      this.#waiting.delete(waiting);
      waiting.resolve(performance.now());
    }
  }
}
