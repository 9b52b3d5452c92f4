import { ForkBombDetector } from '../../policy/anomaly/fork-bomb.ts';
import type { FactOf } from '../../policy/lifecycle/facts.ts';
import { isUp, type Run, runOf } from '../../policy/lifecycle/state.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { Sampler, TreeRoot } from '../sampling/sampler.ts';
import { TaskCount } from '../sampling/task-count.ts';

/** How often it is asked whether the machine has more tasks than before. */
const PULSE_MS = 100;
/** So many new ones are worth a look at whose they are, before the next tick. */
const SURGE = 20;
/** After a look that found nothing of the kind: somebody compiles. */
const REST_MS = 500;
/** A bomb that nothing is to be done about is told again after so long. */
const RETELL_S = 30 * 60;
const MS_PER_S = 1_000;

export interface ForkWatchParts {
  readonly engine: Pick<Engine, 'programs' | 'post'>;
  readonly sampler: Pick<Sampler, 'count'>;
  readonly tasks: Pick<TaskCount, 'read' | 'close'>;
  readonly monoMs: () => number;
}

/** The watch over forks of this machine. */
export function createForkWatch(
  engine: Engine,
  { sampler, clock }: { readonly sampler: Sampler; readonly clock: Clock },
): ForkWatch {
  return new ForkWatch({ engine, sampler, tasks: new TaskCount(), monoMs: () => clock.now().mono });
}

/** What is known of one run. */
interface Watched {
  readonly run: number;
  readonly settings: ProcessSpec['anomaly']['forkBomb'];
  readonly detector: ForkBombDetector;
  toldAt: number;
}

/**
 * Finds fork bombs: at each sample, and in between as soon as the machine's tasks have grown by many. A bomb doubles
 * in milliseconds, and each second it is left alone makes it harder to end.
 */
export class ForkWatch {
  readonly #parts: ForkWatchParts;
  readonly #byId = new Map<string, Watched>();
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
    const { settings, run } = { settings: entry.program.spec.anomaly.forkBomb, run: judgedRunOf(entry) };
    if (!settings.enabled || run === null) return;
    const t = this.#parts.monoMs() / MS_PER_S;
    const watched = this.#watchedOf(entry.id, run, settings);
    const evidence = watched.detector.push({ t, descendants: Math.max(0, processes - 1) });
    if (evidence === null || t - watched.toldAt < RETELL_S) return;
    watched.toldAt = t;
    const fact: FactOf<'anomalyFound'> = {
      kind: 'anomalyFound',
      anomaly: 'fork-bomb',
      evidence,
      action: settings.action,
    };
    this.#parts.engine.post(entry.id, fact);
  }

  forget(id: string): void {
    this.#byId.delete(id);
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

  #watchedOf(id: string, run: Run, settings: Watched['settings']): Watched {
    const known = this.#byId.get(id);
    if (known?.run === run.number && known.settings === settings) return known;
    const detector = new ForkBombDetector(settings.maxDescendants);
    const watched = { run: run.number, settings, detector, toldAt: -Infinity };
    this.#byId.set(id, watched);
    return watched;
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
