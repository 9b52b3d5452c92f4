import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { ensureFolder, PRIVATE_FILE } from '../../base/atomic-file.ts';
import { engineArguments, type EngineStartOptions } from '../../config/instance/engine-arguments.ts';
import type { Paths } from '../../config/instance/paths.ts';

export interface EngineSpawn {
  /** The bundle of the engine. */
  readonly script: string;
  readonly paths: Paths;
  readonly options: EngineStartOptions;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Starts a detached engine. Whether it comes up is seen by its lock: another may be quicker. @throws Error */
export function spawnEngine({ script, paths, options, cwd, env }: EngineSpawn): ChildProcess {
  ensureFolder(paths.stateDir);
  const log = openSync(paths.engineLog, 'a', PRIVATE_FILE);
  try {
    const child = spawn(process.execPath, [script, ...engineArguments(paths.instance, options)], {
      cwd: existsSync(cwd) ? cwd : '/',
      env: { ...env },
      detached: true,
      stdio: ['ignore', log, log],
    });
    // It is found not to run, and tried again, like one that died.
    child.once('error', () => undefined);
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}
