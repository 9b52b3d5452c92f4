import { existsSync } from 'node:fs';
import type { ProcessIdentity } from '../../base/process-identity.ts';
import { runKey, type RunRef } from '../../protocol/run.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ProgramRun } from '../core/ports.ts';
import type { LogTransport } from '../logs/files/log-transport.ts';
import { pipePathsOf, runsWithPipes } from '../logs/files/run-pipes.ts';
import type { MarkedProcess } from '../os/instance-census.ts';

/** The process of a run that is known only from its pipes. No process has this start time. */
const UNKNOWN_PROCESS = { pid: 1, startTicks: -1 };

/** Collects the output of runs of an earlier engine that this engine does not continue. */
export class LeftOutput {
  readonly #logs: Pick<LogTransport, 'follow' | 'ended'>;
  readonly #pipesDir: string;
  /** Runs that were handled, by `runKey`. */
  readonly #handled = new Set<string>();

  constructor(logs: Pick<LogTransport, 'follow' | 'ended'>, pipesDir: string) {
    this.#logs = logs;
    this.#pipesDir = pipesDir;
  }

  /** Collects the output of a run that no program claims. Returns the function that ends this once the run has exited. */
  followUnclaimed(spec: ProcessSpec, { owner: { id, number }, stat: { pid, startTicks } }: MarkedProcess): () => void {
    const pipes = pipePathsOf(this.#pipesDir, id, number);
    this.#handled.add(runKey({ id, run: number }));
    this.#logs.follow({ id, run: number, pid, startTicks, pipes, log: spec.logs, startedAtWall: null });
    return () => void this.#logs.ended(id, number);
  }

  /** Returns whether the pipes of a run still exist. */
  hasPipes({ id, run }: ProgramRun): boolean {
    return existsSync(pipePathsOf(this.#pipesDir, id, run.number).stdoutPath);
  }

  /** Collects the remaining output of a run that exited while no engine was running, or reports that it was lost. */
  recover(spec: ProcessSpec, { id, run: { number, pid, startTicks, foreign } }: ProgramRun): void {
    if (foreign === true) return;
    this.#collect(spec, { id, run: number }, { pid, startTicks });
  }

  /** Returns the runs whose pipes still exist. */
  runsOnDisk(): readonly RunRef[] {
    return runsWithPipes(this.#pipesDir);
  }

  /**
   * Collects the remaining output of a run that nothing but its pipes shows: its records could not be written, because the disk
   * was full until the engine was killed.
   */
  recoverUnrecorded(spec: ProcessSpec, run: RunRef): void {
    if (this.#handled.has(runKey(run))) return;
    this.#collect(spec, run, UNKNOWN_PROCESS);
    void this.#logs.ended(run.id, run.run);
  }

  #collect(spec: ProcessSpec, { id, run }: RunRef, process: ProcessIdentity): void {
    const pipes = pipePathsOf(this.#pipesDir, id, run);
    this.#handled.add(runKey({ id, run }));
    this.#logs.follow({ id, run, ...process, pipes, log: spec.logs, exitedUnseen: true, startedAtWall: null });
  }
}
