import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { PastRun } from '../../protocol/results/past-run.ts';
import type { ManagedProgram } from '../core/managed-program.ts';

/** Runs that are kept for each job. */
const KEPT_RUNS = 20;

/**
 * The last runs of jobs and other programs with a schedule, as the healing log records them: they outlive the engine as long as
 * the log does.
 */
export class RunHistory {
  readonly #programs: ReadonlyMap<string, ManagedProgram>;
  readonly #runs = new Map<string, readonly PastRun[]>();

  constructor(programs: ReadonlyMap<string, ManagedProgram>) {
    this.#programs = programs;
  }

  /** Takes events, oldest first. Those of the past may belong to programs that are not known yet. */
  take(events: readonly EngineEvent[], isPast = false): void {
    for (const event of events) {
      if (event.process === null) continue;
      if (event.kind !== 'exited' && event.kind !== 'crashed' && event.kind !== 'spawn-failed') continue;
      const spec = this.#programs.get(event.process)?.program.spec;
      if (!isPast && (spec === undefined || !isJob(spec))) continue;
      const runs = [...(this.#runs.get(event.process) ?? []), pastRun(event)];
      this.#runs.set(event.process, runs.slice(-KEPT_RUNS));
    }
  }

  /** Forgets the runs of programs without a history. Call it once the programs of the past are known. */
  settle(): void {
    for (const id of this.#runs.keys()) {
      const spec = this.#programs.get(id)?.program.spec;
      if (spec === undefined || !isJob(spec)) this.#runs.delete(id);
    }
  }

  forget(id: string): void {
    this.#runs.delete(id);
  }

  /** Returns the last runs of a program, oldest first; none for a program that is neither a job nor scheduled. */
  of(id: string): readonly PastRun[] {
    return this.#runs.get(id) ?? [];
  }
}

function isJob({ schedule, restart }: ManagedProgram['program']['spec']): boolean {
  return schedule !== null || restart.policy === 'never';
}

function pastRun({ time, kind, data, reason }: EngineEvent): PastRun {
  const durationMs = typeof data['uptimeMs'] === 'number' ? data['uptimeMs'] : null;
  return {
    endedAt: time,
    durationMs,
    code: typeof data['code'] === 'number' ? data['code'] : null,
    signal: typeof data['signal'] === 'string' ? data['signal'] : null,
    ok: kind === 'exited',
    reason,
  };
}
