import { spawn } from 'node:child_process';
import type { FaultBed } from '../bed.ts';
import { pause } from '../step.ts';

/** Lets the system calls that create processes in the main thread of the engine fail with this error for a time. */
export async function failSpawns(bed: FaultBed, error: string, ms: number): Promise<void> {
  const pid = bed.enginePid();
  if (pid === 0) return;
  bed.note(`spawns of the engine fail with ${error} for ${ms} ms`);
  const calls = ['clone', 'clone3', '?fork', '?vfork'].join(',');
  const inject = ['-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}`];
  const tracer = spawn('strace', ['-q', '-o', '/dev/null', ...inject, '-p', String(pid)], { stdio: 'ignore' });
  const ended = new Promise((resolve) => tracer.once('close', resolve).once('error', resolve));
  await Promise.race([pause(ms), ended]);
  // On SIGINT, strace detaches and the engine continues.
  tracer.kill('SIGINT');
  await ended;
}
