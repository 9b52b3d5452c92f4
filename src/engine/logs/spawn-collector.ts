import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { CollectorSettings } from './files/collector-paths.ts';

/** Keeps memory small: the log collector holds at most one batch. */
const NODE_OPTIONS = ['--max-semi-space-size=2', '--max-old-space-size=64', '--v8-pool-size=1', '--no-warnings'];

export interface CollectorProgram {
  /** Path of the bundled log collector. */
  readonly path: string;
  /** Where it prints: the log of the engine. */
  readonly outputFd: number | 'ignore';
}

/** Starts a log collector that outlives this process. */
export function spawnCollector({ path, outputFd }: CollectorProgram, settings: CollectorSettings): ChildProcess {
  const child = spawn(process.execPath, [...NODE_OPTIONS, path, JSON.stringify(settings)], {
    cwd: '/',
    detached: true,
    env: whereCodeIsKept(process.env),
    stdio: ['ignore', outputFd, outputFd],
  });
  child.unref();
  return child;
}

/** What leads to the state folder, in which the compiled form of its code is kept. It needs no other variable. */
function whereCodeIsKept({ HEALER_HOME: own, XDG_STATE_HOME, HOME }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isOwn = own !== undefined && own !== '';
  return isOwn ? { HEALER_HOME: resolve(own) } : { XDG_STATE_HOME, HOME };
}
