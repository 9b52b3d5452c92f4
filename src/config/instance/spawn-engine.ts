import { currentFolder } from '../../base/current-folder.ts';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { withoutCallerVariables } from '../../base/caller-variables.ts';
import type { Environment } from '../../base/environment.ts';
import { callerOpenFilesLimit, SOFT_LIMIT_VARIABLE } from '../../base/open-files-limit.ts';
import { ENGINE_NODE_OPTIONS, engineArguments, type EngineStartOptions } from './engine-arguments.ts';

/**
 * Exit code of an engine that leaves the instance to another engine: to one that already runs, or to the one that the
 * service manager starts next (EX_TEMPFAIL in sysexits.h).
 */
export const EXIT_OTHER_ENGINE = 75;

/** Exit code of an engine that was given files in which nothing can be used (EX_CONFIG in sysexits.h). */
export const EXIT_UNUSABLE_FILES = 78;

/** The start creates many short-lived objects: growing their space from 512 KB takes twice as many collections. */
const START_OPTIONS = ['--min-semi-space-size=2'];

export interface EngineSpawn {
  /** Path of the engine's bundle. */
  readonly script: string;
  /** Path of Node. Defaults to that of this process. */
  readonly node?: string | undefined;
  readonly instance: string;
  readonly options: EngineStartOptions;
  readonly env: Environment;
  /** Working directory of the engine, "/" if it does not exist. Defaults to that of this process. */
  readonly cwd?: string;
  /** The file to which the engine prints, or 'stderr' to read its standard error from the returned process. */
  readonly output: number | 'stderr';
}

/**
 * Starts a detached engine that does not keep this process alive. If it cannot be executed, the returned process emits
 * 'error' and no engine answers.
 */
export function spawnEngine({
  script,
  node = process.execPath,
  instance,
  options,
  env,
  cwd,
  output,
}: EngineSpawn): ChildProcess {
  const child = spawn(node, [...ENGINE_NODE_OPTIONS, ...START_OPTIONS, script, ...engineArguments(instance, options)], {
    cwd: folderOf(cwd ?? currentFolder()),
    env: {
      // A service manager may expect the messages of this engine, so its variables stay until the engine has read them.
      ...withoutCallerVariables(env, { userChanges: false, keepsServiceManager: true }),
      [SOFT_LIMIT_VARIABLE]: String(callerOpenFilesLimit(env) ?? 0),
    },
    detached: true,
    stdio: output === 'stderr' ? ['ignore', 'ignore', 'pipe'] : ['ignore', output, output],
  });
  child.once('error', () => undefined);
  child.unref();
  return child;
}

function folderOf(wanted: string | null): string {
  return wanted !== null && existsSync(wanted) ? wanted : '/';
}
