import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import { refuseBareText } from './bare-text.ts';
import type { ChildExits, Launcher, LaunchRequest } from './launcher.ts';

/** Starts programs through Node where the C library cannot be reached: slower, but everywhere. */
export function createNodeLauncher(onExits: ChildExits): Launcher {
  return {
    launch(request) {
      const child = withOutputs(request, (stdout, stderr) => start(request, stdout, stderr));
      const { pid } = child;
      if (pid === undefined) throw spawnFailure(request, child);
      child.on('exit', (code, signal) => onExits([{ pid, status: { code, signal, coreDumped: false } }]));
      // The engine decides when it ends, not its children.
      child.unref();
      return pid;
    },
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
    throw new HealerError('SPAWN_FAILED', `cannot start "${file}": ${toHealerError(error).message}`, { path: file });
  }
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function spawnFailure({ file, cwd }: LaunchRequest, child: ChildProcess): HealerError {
  // Node tells the errno later, by this event; unheard it would end the engine.
  child.on('error', () => undefined);
  const problem = existsSync(cwd) ? 'it could not be executed' : `its working folder "${cwd}" does not exist`;
  return new HealerError('SPAWN_FAILED', `cannot start "${file}": ${problem}`, { path: file });
}
