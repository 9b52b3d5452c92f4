import { type ChildProcess, spawn } from 'node:child_process';
import type { CollectorSettings } from './files/collector-paths.ts';

/** Kept small: the collector holds no more than a batch in memory. */
const NODE_OPTIONS = ['--max-semi-space-size=2', '--max-old-space-size=64', '--v8-pool-size=1', '--no-warnings'];

export interface CollectorProgram {
  /** The bundled collector. */
  readonly path: string;
  /** Where it prints; the engine's own log. */
  readonly outputFd: number | 'ignore';
}

/** Starts a collector that outlives this process. */
export function spawnCollector({ path, outputFd }: CollectorProgram, settings: CollectorSettings): ChildProcess {
  const child = spawn(process.execPath, [...NODE_OPTIONS, path, JSON.stringify(settings)], {
    cwd: '/',
    detached: true,
    env: {},
    stdio: ['ignore', outputFd, outputFd],
  });
  child.unref();
  return child;
}
