import { spawn } from 'node:child_process';
import type { FaultBed } from '../bed.ts';

const CALLS = 'write,writev,pwrite64,pwritev';

/**
 * Delays every write of the engine to the files that record states and events, so that whatever the engine does between the
 * decision and its record takes that long.
 * @returns ends the delay
 */
export function slowWrites(bed: FaultBed, delayMs: number): () => Promise<void> {
  const pid = bed.enginePid();
  const { stateFile, healingLog } = bed.home.paths;
  bed.note(`each write of the engine to ${stateFile} and ${healingLog} takes ${delayMs} ms`);
  const inject = ['-e', `trace=${CALLS}`, '-e', `inject=${CALLS}:delay_enter=${delayMs * 1_000}`];
  const files = ['-P', stateFile, '-P', healingLog];
  const tracer = spawn('strace', ['-q', '-o', '/dev/null', ...files, ...inject, '-p', String(pid)], {
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => tracer.once('close', resolve).once('error', resolve));
  return async () => {
    // On SIGINT, strace detaches and the engine continues.
    tracer.kill('SIGINT');
    await ended;
  };
}
