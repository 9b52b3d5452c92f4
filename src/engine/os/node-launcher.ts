import { splitPair } from '../../base/environment.ts';
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, existsSync, openSync, statSync } from 'node:fs';
import { type HealerError, toHealerError } from '../../protocol/errors.ts';
import { refuseBareText } from './bare-text.ts';
import { readHead } from './executable-head.ts';
import type { ChildExits, Launcher, LaunchRequest } from './launcher.ts';
import { spawnFailure } from './spawn-failure.ts';

/** Creates a launcher that starts programs through Node. It is slower, but works without access to the C library. */
export function createNodeLauncher(onExits: ChildExits): Launcher {
  return {
    launch(request) {
      const child = withOutputs(request, (stdout, stderr) => start(request, stdout, stderr));
      const { pid } = child;
      if (pid === undefined) throw refusal(request, child);
      child.on('exit', (code, signal) => onExits([{ pid, status: { code, signal, coreDumped: false } }]));
      // A child must not keep the engine's event loop running.
      child.unref();
      return pid;
    },
    // Node cannot wait for processes that it did not start: the samples show that they are gone.
    expect: () => undefined,
    close: () => undefined,
  };
}

function withOutputs<T>(request: LaunchRequest, use: (stdout: number, stderr: number) => T): T {
  const stdout = openSync(request.stdoutPath, constants.O_RDWR);
  try {
    const stderr = openSync(request.stderrPath, constants.O_RDWR);
    try {
      return use(stdout, stderr);
    } finally {
      closeSync(stderr);
    }
  } finally {
    closeSync(stdout);
  }
}

function start(request: LaunchRequest, stdout: number, stderr: number): ChildProcess {
  const { file, argv, env, cwd } = request;
  const [argv0 = file, ...args] = argv;
  refuseBareText(file);
  try {
    return spawn(file, args, {
      argv0,
      cwd,
      env: Object.fromEntries(env.map((pair) => splitPair(pair))),
      detached: true,
      stdio: ['ignore', stdout, stderr],
    });
  } catch (error) {
    throw spawnFailure(request, errnoOf(error), error);
  }
}

function errnoOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code ?? toHealerError(error).message;
}

function refusal(request: LaunchRequest, child: ChildProcess): HealerError {
  // Without a listener, the error event would crash the engine.
  child.on('error', () => undefined);
  return spawnFailure(request, refusedErrno(request), null);
}

/** Node reports the errno of some failures only in a later turn, so it is determined here. */
function refusedErrno({ file, cwd }: LaunchRequest): string {
  const needed = [cwd, file, interpreterOf(file)].filter((path) => path !== null);
  if (!needed.every((path) => existsSync(path))) return 'ENOENT';
  const isAllowed = statSync(file).isFile() && needed.every(mayExecute);
  return isAllowed ? 'EAGAIN' : 'EACCES';
}

function mayExecute(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The kernel reads at most this much of the first line. */
const FIRST_LINE_BYTES = 256;

/** Returns the interpreter of a script, or null for any other file and for unreadable files. */
function interpreterOf(file: string): string | null {
  try {
    return /^#! *(\S+)/.exec(readHead(file, FIRST_LINE_BYTES))?.[1] ?? null;
  } catch {
    return null;
  }
}
