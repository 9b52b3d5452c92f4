import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExitStatus } from '../../src/protocol/run.ts';
import { loadLibc, type Libc } from '../../src/base/libc.ts';
import type { Launcher, LaunchRequest } from '../../src/engine/os/launcher.ts';
import { launchPrepared } from '../../src/engine/os/launch-prepared.ts';
import { createNodeLauncher } from '../../src/engine/os/node-launcher.ts';
import { createPosixLauncher } from '../../src/engine/os/posix-launcher.ts';
import type { Preparation } from '../../src/engine/os/preparation.ts';
import { waitFor } from './wait-for.ts';

export const FIXTURE_PROGRAMS = fileURLToPath(new URL('../fixtures/programs/', import.meta.url));

/** Loads the C library, which these tests require. */
export function requireLibc(): Libc {
  const native = loadLibc();
  if (native.libc === null) throw new Error(`this machine cannot run the native tests: ${native.problem}`);
  return native.libc;
}

interface Death {
  readonly pid: number;
  readonly status: ExitStatus;
}

/** A launcher with a folder for the output of its children; it kills all of them at the end. */
export class LaunchRoom {
  readonly folder = mkdtempSync(join(tmpdir(), 'healer-launch-'));
  /** The reported exits: those of one call are in one list. */
  readonly reported: (readonly Death[])[] = [];
  readonly launcher: Launcher;
  readonly #pids = new Set<number>();

  /** @param react called with each list of reported exits */
  constructor(kind: 'posix' | 'node', react: () => void = () => undefined) {
    const onExits = (exits: readonly Death[]): void => {
      this.reported.push(exits);
      react();
    };
    this.launcher = kind === 'posix' ? createPosixLauncher(requireLibc(), onExits) : createNodeLauncher(onExits);
    writeFileSync(this.stdoutPath, '');
    writeFileSync(this.stderrPath, '');
  }

  get stdoutPath(): string {
    return join(this.folder, 'stdout');
  }

  get stderrPath(): string {
    return join(this.folder, 'stderr');
  }

  launch(request: Partial<LaunchRequest> & { readonly argv: readonly string[] }): number {
    return this.#launchAll(this.#complete(request));
  }

  launchPrepared(
    request: Partial<LaunchRequest> & { readonly argv: readonly string[] },
    preparation: Preparation,
  ): number {
    return launchPrepared((prepared) => this.#launchAll(prepared), this.#complete(request), preparation);
  }

  #launchAll(request: LaunchRequest): number {
    const pid = this.launcher.launch(request);
    this.#pids.add(pid);
    return pid;
  }

  #complete(request: Partial<LaunchRequest> & { readonly argv: readonly string[] }): LaunchRequest {
    return {
      file: String(request.argv[0]),
      env: [`PATH=${process.env['PATH'] ?? ''}`],
      cwd: this.folder,
      stdoutPath: this.stdoutPath,
      stderrPath: this.stderrPath,
      ...request,
    };
  }

  shell(script: string): number {
    return this.launch({ file: '/bin/sh', argv: ['sh', '-c', script] });
  }

  /** Writes an executable file and returns its path. */
  write(name: string, content: string, mode = 0o755): string {
    const path = join(this.folder, name);
    writeFileSync(path, content, { mode });
    return path;
  }

  stdout(): string {
    return readFileSync(this.stdoutPath, 'utf8');
  }

  async death(pid: number): Promise<ExitStatus> {
    const found = await waitFor(
      () => this.reported.flat().find((candidate) => candidate.pid === pid),
      `the exit of pid ${String(pid)} to be reported`,
    );
    return found.status;
  }

  async printed(text: string): Promise<void> {
    await waitFor(() => this.stdout().includes(text), `the program to print "${text}"`);
  }

  async close(): Promise<void> {
    const dead = new Set(this.reported.flat().map(({ pid }) => pid));
    for (const pid of this.#pids) {
      if (dead.has(pid)) continue;
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // It has just exited.
      }
    }
    await waitFor(() => this.reported.flat().length >= this.#pids.size, 'every child to be reaped');
    this.launcher.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
