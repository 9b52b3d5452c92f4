import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { readProcStat } from '../../../src/base/proc-stat.ts';
import type { TreeRoot } from '../../../src/engine/sampling/sampler.ts';
import { waitFor } from '../../support/wait-for.ts';

export interface RealProgram {
  readonly root: TreeRoot;
  readonly end: () => Promise<void>;
}

/** Starts a program in its own session, like the engine, and kills its process group after the test. */
async function startProgram(id: string, command: string, args: readonly string[]): Promise<RealProgram> {
  const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const { pid } = child;
  if (pid === undefined) throw new Error(`cannot start ${command}`);
  const end = async (): Promise<void> => {
    killGroup(pid);
    await ended;
  };
  onTestFinished(end);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await waitFor(() => output.includes('ready'), `${id} to report that it is ready`);
  return { root: { id, pid, startTicks: readProcStat(pid)?.startTicks ?? null }, end };
}

export function startNode(id: string, source: string): Promise<RealProgram> {
  return startProgram(id, process.execPath, ['-e', source]);
}

export function startShell(id: string, script: string): Promise<RealProgram> {
  return startProgram(id, 'sh', ['-c', script]);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All processes have already exited.
  }
}
