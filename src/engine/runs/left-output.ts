import { existsSync } from 'node:fs';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ProgramRun } from '../core/ports.ts';
import type { LogTransport } from '../logs/files/log-transport.ts';
import { pipePathsOf } from '../logs/files/run-pipes.ts';
import type { MarkedProcess } from '../os/instance-census.ts';

/** Collects the output of runs of an earlier engine that this engine does not continue. */
export class LeftOutput {
  readonly #logs: Pick<LogTransport, 'follow' | 'ended'>;
  readonly #pipesDir: string;

  constructor(logs: Pick<LogTransport, 'follow' | 'ended'>, pipesDir: string) {
    this.#logs = logs;
    this.#pipesDir = pipesDir;
  }

  /** Collects the output of a run that no program claims. Returns the function that ends this once the run has exited. */
  followUnclaimed(spec: ProcessSpec, { owner: { id, number }, stat: { pid, startTicks } }: MarkedProcess): () => void {
    const pipes = pipePathsOf(this.#pipesDir, id, number);
    this.#logs.follow({ id, run: number, pid, startTicks, pipes, log: spec.logs });
    return () => void this.#logs.ended(id, number);
  }

  /** Returns whether the pipes of a run still exist. */
  hasPipes({ id, run }: ProgramRun): boolean {
    return existsSync(pipePathsOf(this.#pipesDir, id, run.number).stdoutPath);
  }

  /** Collects the remaining output of a run that exited while no engine was running, or reports that it was lost. */
  recover(spec: ProcessSpec, { id, run: { number, pid, startTicks, foreign } }: ProgramRun): void {
    if (foreign === true) return;
    const pipes = pipePathsOf(this.#pipesDir, id, number);
    this.#logs.follow({ id, run: number, pid, startTicks, pipes, log: spec.logs, exitedUnseen: true });
  }
}
