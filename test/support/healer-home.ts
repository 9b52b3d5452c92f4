import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../src/base/process-liveness.ts';
import { connectLocal } from '../../src/client/connection/connection.ts';
import { openCgroups } from '../../src/engine/os/cgroups.ts';
import { cgroupNameOf } from '../../src/config/instance/instance-name.ts';
import { type Paths, resolvePaths } from '../../src/config/instance/paths.ts';
import type { EngineEvent } from '../../src/protocol/engine-event.ts';
import type { EventKind } from '../../src/protocol/event-kinds.ts';
import type { EngineApi } from '../../src/protocol/methods/methods.ts';
import type { ProcessStateName } from '../../src/protocol/process-state.ts';
import type { ProcessRow } from '../../src/protocol/snapshot.ts';
import { CLI, type CliResult, finished } from './run-cli.ts';
import { waitFor } from './wait-for.ts';
import { removeFolder } from './remove-folder.ts';

const PATIENCE_MS = 20_000;
/** Several test engines run at once, possibly beside your own: fixed ports would collide. */
const NO_PORTS = { HEALER_API_PORT: 'off', HEALER_ALIVENESS_PORT: 'off' };

/** A separate HEALER_HOME with the built command line, a real engine and real programs. */
export class HealerHome implements AsyncDisposable {
  readonly folder: string;
  readonly paths: Paths;
  readonly listFile: string;
  /** Added to the usual environment. */
  extraEnv: Readonly<Record<string, string>> = {};
  readonly #children = new Set<ChildProcessWithoutNullStreams>();

  /** @param parent the folder in which its folder is created */
  constructor(parent = tmpdir()) {
    this.folder = mkdtempSync(join(parent, 'healer-e2e-'));
    this.paths = resolvePaths({ HEALER_HOME: this.folder });
    this.listFile = join(this.folder, 'process_list.txt');
  }

  get env(): Readonly<Record<string, string>> {
    const { PATH = '', HOME = '' } = process.env;
    return {
      PATH,
      HOME,
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      HEALER_HOME: this.folder,
      ...NO_PORTS,
      ...this.extraEnv,
    };
  }

  /** Writes the process list, one entry per line. */
  list(...lines: readonly string[]): void {
    writeFileSync(this.listFile, `${lines.join('\n')}\n`);
  }

  /** Writes an executable file into the home and returns its path. */
  write(name: string, content: string, mode = 0o755): string {
    const path = join(this.folder, name);
    writeFileSync(path, content, { mode });
    return path;
  }

  read(name: string): string {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  spawn(...args: readonly string[]): ChildProcessWithoutNullStreams {
    const child = spawn(process.execPath, [CLI, ...args], { cwd: this.folder, env: this.env });
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    return child;
  }

  run(...args: readonly string[]): Promise<CliResult> {
    return finished(this.spawn(...args));
  }

  /** Runs a command that must succeed. */
  async ok(...args: readonly string[]): Promise<string> {
    const { code, signal, stdout, stderr } = await this.run(...args);
    if (code !== 0) throw new Error(`healer ${args.join(' ')}: ${signal ?? String(code)}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Starts the engine with the list as it is. */
  async up(...lines: readonly string[]): Promise<void> {
    if (lines.length > 0) this.list(...lines);
    await this.ok('up', '-f', this.listFile);
  }

  async ask<T>(question: (api: EngineApi) => Promise<T>): Promise<T> {
    const connection = await connectLocal({ socketPath: this.paths.socket, clientName: 'test' });
    try {
      return await question(connection.api);
    } finally {
      connection.close();
    }
  }

  async rows(): Promise<ReadonlyMap<string, ProcessRow>> {
    return new Map((await this.ask((api) => api.list({}))).map((row) => [row.id, row]));
  }

  async row(id: string): Promise<ProcessRow> {
    const row = (await this.rows()).get(id);
    if (row === undefined) throw new Error(`unknown program "${id}"`);
    return row;
  }

  async pid(id: string): Promise<number> {
    const { pid, state } = await this.row(id);
    if (pid === null) throw new Error(`"${id}" has no pid: it is ${state}`);
    return pid;
  }

  async state(id: string, ...states: readonly ProcessStateName[]): Promise<ProcessRow> {
    return waitFor(
      async () => {
        const row = await this.row(id);
        return states.includes(row.state) ? row : null;
      },
      `"${id}" to be ${states.join(' or ')}`,
      PATIENCE_MS,
    );
  }

  async events(process?: string): Promise<readonly EngineEvent[]> {
    return this.ask((api) => api.events({ limit: 500, ...(process === undefined ? {} : { process }) }));
  }

  async kinds(process: string): Promise<readonly EventKind[]> {
    return (await this.events(process)).map(({ kind }) => kind);
  }

  /** Waits for a matching event, and returns the newest. */
  async event(kind: EventKind, fits: (event: EngineEvent) => boolean = () => true): Promise<EngineEvent> {
    return waitFor(
      async () => (await this.events()).findLast((event) => event.kind === kind && fits(event)),
      `an event "${kind}"`,
      PATIENCE_MS,
    );
  }

  async enginePid(): Promise<number> {
    return (await this.ask((api) => api.status({}))).pid;
  }

  /** Returns the pid in the instance's lock, or 0. Also works for an engine that does not respond yet. */
  lockedPid(): number {
    const text = existsSync(this.paths.lock) ? readFileSync(this.paths.lock, 'utf8') : '';
    return Number(/"pid":(\d+)/.exec(text)?.[1] ?? 0);
  }

  /** Kills the engine with SIGKILL, as the kernel does when it runs out of memory. Returns its pid. */
  async killEngine(): Promise<number> {
    const pid = await this.enginePid();
    process.kill(pid, 'SIGKILL');
    await waitFor(() => !isAlive(pid), 'the engine to exit');
    return pid;
  }

  /** Returns all running processes that were started from this home: engine, log collector, programs and their children. */
  survivors(): readonly { readonly pid: number; readonly command: string }[] {
    return livingPids()
      .filter((pid) => this.#isOurs(pid) && isAlive(pid))
      .map((pid) => ({
        pid,
        command: readText(`/proc/${String(pid)}/cmdline`)
          .replaceAll('\0', ' ')
          .trim(),
      }));
  }

  /**
   * Identifies a process by its environment, the log collector, whose environment is empty, by its open files, and a program
   * that hides its environment by its command line.
   */
  #isOurs(pid: number): boolean {
    const process = `/proc/${String(pid)}`;
    if (pid === this.#agentPid()) return true;
    if (readText(`${process}/cmdline`).includes(this.folder)) return true;
    if (readText(`${process}/environ`).split('\0').includes(`HEALER_HOME=${this.folder}`)) return true;
    return (
      readText(`${process}/comm`).startsWith('healer') && openFiles(pid).some((path) => path.startsWith(this.folder))
    );
  }

  /** Returns the pid of the fleet agent, which shows nothing of its home, or 0. */
  #agentPid(): number {
    return Number(/"pid":(\d+)/.exec(readText(join(this.paths.stateDir, 'fleet', 'agent.lock')))?.[1] ?? 0);
  }

  /** Waits until no process is left that was started from this home. */
  async empty(): Promise<void> {
    await waitFor(() => this.survivors().length === 0, `all processes of ${this.folder} to exit`, PATIENCE_MS).catch(
      () => {
        throw new Error(`left running: ${JSON.stringify(this.survivors())}`);
      },
    );
  }

  async down(): Promise<void> {
    await this.ok('down');
    await this.empty();
  }

  /** Removes what a killed engine leaves outside of its folder. */
  #removeCgroups(): void {
    const opened = openCgroups(cgroupNameOf(this.paths.stateDir), {});
    opened.cgroups?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    // A failed test may leave an engine, which would restart everything: it is killed first.
    for (let round = 0; round < 20 && this.survivors().length > 0; round++) {
      for (const { pid } of this.survivors()) kill(pid);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.#removeCgroups();
    removeFolder(this.folder);
  }
}

function livingPids(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid);
}

export function openFiles(pid: number): string[] {
  const folder = `/proc/${String(pid)}/fd`;
  try {
    return readdirSync(folder).flatMap((fd) => linkIn(join(folder, fd)));
  } catch {
    return [];
  }
}

/** Returns where a link leads, if it still exists: busy processes open and close files all the time. */
function linkIn(path: string): string[] {
  try {
    return [readlinkSync(path)];
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has already exited.
  }
}
