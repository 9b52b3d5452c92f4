import { untilNext } from '../../base/aligned-timer.ts';
import { isSameProcess } from '../../base/process-identity.ts';
import { isUp, type Run, runOf } from '../../policy/lifecycle/state.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { Sampler, TreeRoot } from '../sampling/sampler.ts';
import { TaskCount } from '../sampling/task-count.ts';
import type { AnomalyWatch } from './anomaly-watch.ts';

/** Interval between two readings of the machine's number of tasks, soon after it rose or the engine was started. */
const PULSE_MS = 100;
/** The same on a calm machine. Waking up so often is most of what an idle engine costs. */
const CALM_PULSE_MS = 250;
/** How long a machine has to be without a rise before it counts as calm. */
const CALM_AFTER_MS = 2_000;
/** Fewer new tasks between two readings are no rise: on most machines, a few processes start and exit all the time. */
const RISE = 5;
/** This many new tasks trigger a count per program before the next tick. */
const SURGE = 20;
/** Pause after a count that found no suspect, for example during a build. */
const PAUSE_MS = 500;

export interface ForkWatchParts {
  readonly engine: Pick<Engine, 'programs' | 'post'>;
  readonly sampler: Pick<Sampler, 'count'>;
  readonly tasks: Pick<TaskCount, 'read' | 'close'>;
  readonly anomalies: Pick<AnomalyWatch, 'takeDescendants'>;
  readonly monoMs: () => number;
}

/** Creates the fork watch of this machine. */
export function createForkWatch(
  engine: Engine,
  anomalies: AnomalyWatch,
  { sampler, clock }: { readonly sampler: Sampler; readonly clock: Clock },
): ForkWatch {
  return new ForkWatch({ engine, sampler, anomalies, tasks: new TaskCount(), monoMs: () => clock.now().mono });
}

/**
 * Detects fork bombs, both with each sample and in between, when the number of tasks on the machine rises sharply. A fork
 * bomb doubles within milliseconds and becomes harder to kill with every second.
 */
export class ForkWatch {
  readonly #parts: ForkWatchParts;
  #pulse: NodeJS.Timeout | undefined;
  #tasks = Infinity;
  #previousTasks = Infinity;
  #calmFrom = 0;
  #isCounting = false;
  #pausedUntil = -Infinity;

  constructor(parts: ForkWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#tasks = this.#parts.tasks.read() ?? Infinity;
    this.#calmFrom = this.#parts.monoMs() + CALM_AFTER_MS;
    if (this.#tasks !== Infinity) this.#beat();
  }

  close(): void {
    clearTimeout(this.#pulse);
    this.#parts.tasks.close();
  }

  /** @param processes the number of live processes in the tree, including the main process */
  take(entry: ManagedProgram, processes: number): void {
    const { engine, anomalies, monoMs } = this.#parts;
    const run = judgedRunOf(entry);
    if (run === null) return;
    const found = anomalies.takeDescendants(entry, run, Math.max(0, processes - 1), monoMs());
    for (const fact of found) engine.post(entry.id, fact);
  }

  #beat(): void {
    const isCalm = this.#parts.monoMs() >= this.#calmFrom;
    this.#pulse = setTimeout(
      () => {
        void this.#readTasks();
        this.#beat();
      },
      untilNext(isCalm ? CALM_PULSE_MS : PULSE_MS),
    );
  }

  async #readTasks(): Promise<void> {
    const tasks = this.#parts.tasks.read() ?? 0;
    if (tasks - this.#previousTasks >= RISE) this.#calmFrom = this.#parts.monoMs() + CALM_AFTER_MS;
    this.#previousTasks = tasks;
    const hasSurged = tasks - this.#tasks >= SURGE;
    if (!hasSurged) this.#tasks = Math.min(tasks, this.#tasks);
    if (!hasSurged || this.#isCounting || this.#parts.monoMs() < this.#pausedUntil) return;
    this.#tasks = tasks;
    this.#isCounting = true;
    try {
      const isOurs = await this.#count();
      if (!isOurs) this.#pausedUntil = this.#parts.monoMs() + PAUSE_MS;
    } catch {
      // The next tick encounters the same problem and reports it.
    } finally {
      this.#isCounting = false;
    }
  }

  /**
   * Counts the processes of each program. Returns whether any program has so many that the next count should follow
   * soon.
   */
  async #count(): Promise<boolean> {
    const { engine, sampler } = this.#parts;
    const roots = [...engine.programs.values()].flatMap(rootOf);
    let isOurs = false;
    const counts = await sampler.count(roots);
    for (const root of roots) {
      const { id } = root;
      const processes = counts.get(id);
      if (processes === undefined) continue;
      const entry = engine.programs.get(id);
      const run = entry === undefined ? null : runOf(entry.program.state);
      // The program may have been restarted during the count.
      if (entry !== undefined && run !== null && isSameProcess(run, root)) this.take(entry, processes);
      isOurs ||= processes > SURGE / 2;
    }
    return isOurs;
  }
}

/** Includes paused programs, because the sampler forgets trees that are not requested. */
function rootOf({ id, program }: ManagedProgram): TreeRoot[] {
  const run = runOf(program.state);
  return run === null ? [] : [{ id, pid: run.pid, startTicks: run.startTicks }];
}

function judgedRunOf({ program: { state } }: ManagedProgram): Run | null {
  return isUp(state) ? state.run : null;
}
