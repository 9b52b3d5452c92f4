import { isUp, type Run, runOf } from '../../policy/lifecycle/state.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { Sampler, TreeRoot } from '../sampling/sampler.ts';
import { TaskCount } from '../sampling/task-count.ts';
import type { AnomalyWatch } from './anomaly-watch.ts';

/** How often it is asked whether the machine has more tasks than before. */
const PULSE_MS = 100;
/** So many new ones are worth a look at whose they are, before the next tick. */
const SURGE = 20;
/** After a look that found nothing of the kind: somebody compiles. */
const REST_MS = 500;

export interface ForkWatchParts {
  readonly engine: Pick<Engine, 'programs' | 'post'>;
  readonly sampler: Pick<Sampler, 'count'>;
  readonly tasks: Pick<TaskCount, 'read' | 'close'>;
  readonly anomalies: Pick<AnomalyWatch, 'takeDescendants'>;
  readonly monoMs: () => number;
}

/** The watch over forks of this machine. */
export function createForkWatch(
  engine: Engine,
  anomalies: AnomalyWatch,
  { sampler, clock }: { readonly sampler: Sampler; readonly clock: Clock },
): ForkWatch {
  return new ForkWatch({ engine, sampler, anomalies, tasks: new TaskCount(), monoMs: () => clock.now().mono });
}

/**
 * Finds fork bombs: at each sample, and in between as soon as the machine's tasks have grown by many. A bomb doubles
 * in milliseconds, and each second it is left alone makes it harder to end.
 */
export class ForkWatch {
  readonly #parts: ForkWatchParts;
  #pulse: NodeJS.Timeout | undefined;
  #tasks = Infinity;
  #isLooking = false;
  #restsUntil = -Infinity;

  constructor(parts: ForkWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#tasks = this.#parts.tasks.read() ?? Infinity;
    if (this.#tasks !== Infinity) this.#pulse = setInterval(() => void this.#feel(), PULSE_MS);
  }

  close(): void {
    clearInterval(this.#pulse);
    this.#parts.tasks.close();
  }

  /** @param processes living ones of the tree, the program's own included */
  take(entry: ManagedProgram, processes: number): void {
    const { engine, anomalies, monoMs } = this.#parts;
    const run = judgedRunOf(entry);
    if (run === null) return;
    const found = anomalies.takeDescendants(entry, run.number, Math.max(0, processes - 1), monoMs());
    for (const fact of found) engine.post(entry.id, fact);
  }

  async #feel(): Promise<void> {
    const tasks = this.#parts.tasks.read() ?? 0;
    const hasSurged = tasks - this.#tasks >= SURGE;
    if (!hasSurged) this.#tasks = Math.min(tasks, this.#tasks);
    if (!hasSurged || this.#isLooking || this.#parts.monoMs() < this.#restsUntil) return;
    this.#tasks = tasks;
    this.#isLooking = true;
    try {
      const isOurs = await this.#look();
      if (!isOurs) this.#restsUntil = this.#parts.monoMs() + REST_MS;
    } catch {
      // The tick that follows meets the same trouble, and tells it.
    } finally {
      this.#isLooking = false;
    }
  }

  /** Whether some program has so many descendants that the next look should come soon. */
  async #look(): Promise<boolean> {
    const { engine, sampler } = this.#parts;
    const roots = [...engine.programs.values()].flatMap(rootOf);
    let isOurs = false;
    for (const [id, processes] of await sampler.count(roots)) {
      const entry = engine.programs.get(id);
      if (entry !== undefined) this.take(entry, processes);
      isOurs ||= processes > SURGE / 2;
    }
    return isOurs;
  }
}

/** Every live program, paused ones too: the sampler forgets the trees that it is not asked for. */
function rootOf({ id, program }: ManagedProgram): TreeRoot[] {
  const run = runOf(program.state);
  return run === null ? [] : [{ id, pid: run.pid, startTicks: run.startTicks }];
}

function judgedRunOf({ program: { state } }: ManagedProgram): Run | null {
  return isUp(state) ? state.run : null;
}
