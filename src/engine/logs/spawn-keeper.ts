import { type ChildProcess, spawn } from 'node:child_process';
import type { KeeperSettings } from './files/keeper-paths.ts';

/** Kept small: the keeper holds no more than a batch in memory. */
const NODE_OPTIONS = ['--max-semi-space-size=2', '--max-old-space-size=64', '--v8-pool-size=1', '--no-warnings'];

export interface KeeperProgram {
  /** The bundled keeper. */
  readonly path: string;
  /** Where it prints; the engine's own log. */
  readonly outputFd: number | 'ignore';
}

/** Starts a keeper that outlives this process. */
export function spawnKeeper({ path, outputFd }: KeeperProgram, settings: KeeperSettings): ChildProcess {
  const child = spawn(process.execPath, [...NODE_OPTIONS, path, JSON.stringify(settings)], {
    cwd: '/',
    detached: true,
    env: {},
    stdio: ['ignore', outputFd, outputFd],
  });
  child.unref();
  return child;
}
