import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';

/** A desktop without a screen: a real X server and one program, whose environment makes the session detectable. */
export class XDesktop implements AsyncDisposable {
  readonly display: string;
  readonly #server: ChildProcess;
  readonly #program: ChildProcess;

  private constructor(server: ChildProcess, number: string) {
    this.#server = server;
    this.display = `:${number}`;
    const { PATH = '' } = process.env;
    this.#program = spawn('sleep', ['600'], { env: { PATH, DISPLAY: this.display }, stdio: 'ignore' });
  }

  /**
   * @param display the display to open, such as `:7`; an unused one by default
   * @throws Error if Xvfb is not installed; `.ci/run` installs it
   */
  static async open(display?: string): Promise<XDesktop> {
    const place = display === undefined ? [] : [display];
    const server = spawn('Xvfb', [...place, '-displayfd', '3', '-screen', '0', '320x200x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const numbers = server.stdio[3];
    if (numbers === null || numbers === undefined) throw new Error('Xvfb has no pipe for its display');
    // Xvfb writes its display number once it accepts connections.
    const [number] = (await Promise.race([once(numbers, 'data'), once(server, 'error').then(fail)])) as [Buffer];
    return new XDesktop(server, number.toString().trim());
  }

  /** Ends the server and the session, as a logout does. */
  async logOut(): Promise<void> {
    this.#program.kill('SIGKILL');
    await this.#closeServer();
  }

  /** Kills only the server, as when a session crashes. */
  async crash(): Promise<void> {
    if (this.#server.exitCode !== null || this.#server.signalCode !== null) return;
    const exited = once(this.#server, 'exit');
    this.#server.kill('SIGKILL');
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#program.kill('SIGKILL');
    await this.#closeServer();
    // A killed server leaves these files.
    const number = this.display.slice(1);
    for (const path of [`/tmp/.X11-unix/X${number}`, `/tmp/.X${number}-lock`]) rmSync(path, { force: true });
  }

  async #closeServer(): Promise<void> {
    if (this.#server.exitCode !== null || this.#server.signalCode !== null) return;
    const exited = once(this.#server, 'exit');
    this.#server.kill('SIGTERM');
    await exited;
  }
}

function fail([error]: unknown[]): never {
  throw error instanceof Error ? error : new Error('Xvfb cannot be started');
}
