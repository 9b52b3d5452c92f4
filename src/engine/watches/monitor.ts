import { messageOf } from '../../base/thrown.ts';
import { isNearLimit, judgeUsage, QUIET } from '../../policy/limits.ts';
import { isUp, runOf } from '../../policy/lifecycle/state.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram, MeasuredUsage } from '../core/managed-program.ts';
import type { UsageHistories } from './usage-histories.ts';
import type { Sampler, TreeRoot, TreeUsage } from '../sampling/sampler.ts';

const TICK_MS = 1_000;
/** Near a limit, where a second is long. */
const FAST_MS = 250;
/** A run that two ticks in a row did not find has ended without anybody telling. */
const MISSES_TO_LOSE = 2;

/** What comes of a look at the programs. */
export interface MonitorListener {
  /** The sampled figures of a program changed as they are shown. */
  readonly onUsage: (entry: ManagedProgram) => void;
  /** A live program was sampled; once a tick. */
  readonly onSample: (entry: ManagedProgram, usage: TreeUsage) => void;
  /** A program's process is gone and nobody told. */
  readonly onLost: (entry: ManagedProgram) => void;
  /** After each tick; `problem` says why nothing could be sampled. */
  readonly onTick: (problem: string | null) => void;
}

/** Samples every program each second, those near a limit four times as often, and reports what exceeds a limit. */
export class Monitor {
  readonly #engine: Engine;
  readonly #sampler: Sampler;
  readonly #histories: UsageHistories;
  readonly #listener: MonitorListener;
  readonly #near = new Set<string>();
  readonly #misses = new Map<string, number>();
  #ticks: NodeJS.Timeout | undefined;
  #fast: NodeJS.Timeout | undefined;
  #isBusy = false;

  constructor(engine: Engine, sampler: Sampler, histories: UsageHistories, listener: MonitorListener) {
    this.#engine = engine;
    this.#sampler = sampler;
    this.#histories = histories;
    this.#listener = listener;
  }

  start(): void {
    this.#ticks = setInterval(() => void this.#tick(), TICK_MS);
    void this.#tick();
  }

  close(): void {
    clearInterval(this.#ticks);
    clearInterval(this.#fast);
    this.#sampler.close();
  }

  async #tick(): Promise<void> {
    const problem = await this.#exclusively(async () => {
      const roots = this.#roots();
      const usages = await this.#sampler.sample(roots);
      for (const root of roots) this.#take(root, usages.get(root.id));
    });
    this.#listener.onTick(problem);
    this.#setPace();
  }

  async #fastTick(): Promise<void> {
    await this.#exclusively(async () => {
      const usages = await this.#sampler.sampleFast([...this.#near]);
      for (const [id, usage] of usages) this.#judge(id, usage, 'fast');
    });
    this.#setPace();
  }

  /** One sample at a time: a slow machine gets fewer of them, not a queue. Gives what went wrong. */
  async #exclusively(sample: () => Promise<void>): Promise<string | null> {
    if (this.#isBusy) return null;
    this.#isBusy = true;
    try {
      await sample();
      return null;
    } catch (error) {
      return messageOf(error);
    } finally {
      this.#isBusy = false;
    }
  }

  #roots(): TreeRoot[] {
    const roots: TreeRoot[] = [];
    for (const { id, program } of this.#engine.programs.values()) {
      const run = runOf(program.state);
      if (run !== null) roots.push({ id, pid: run.pid, startTicks: run.startTicks });
    }
    return roots;
  }

  #take(root: TreeRoot, usage: TreeUsage | undefined): void {
    if (usage === undefined) {
      this.#miss(root);
      return;
    }
    this.#misses.delete(root.id);
    this.#histories.push(root.id, usage);
    this.#judge(root.id, usage, 'tick');
    const entry = this.#engine.programs.get(root.id);
    if (entry !== undefined && isJudged(entry)) this.#listener.onSample(entry, usage);
  }

  /** The run as it was when the sample began: it may have ended, and the next one begun, in the meantime. */
  #miss(root: TreeRoot): void {
    const entry = this.#engine.programs.get(root.id);
    const isSameRun = entry !== undefined && runOf(entry.program.state)?.pid === root.pid;
    if (!isSameRun || isToldOtherwise(entry)) {
      this.#misses.delete(root.id);
      return;
    }
    const misses = (this.#misses.get(root.id) ?? 0) + 1;
    this.#misses.set(root.id, misses);
    if (misses < MISSES_TO_LOSE) return;
    this.#misses.delete(root.id);
    this.#listener.onLost(entry);
  }

  #judge(id: string, usage: TreeUsage, pace: 'tick' | 'fast'): void {
    const entry = this.#engine.programs.get(id);
    if (entry === undefined || runOf(entry.program.state) === null) {
      this.#near.delete(id);
      return;
    }
    const shown = asShown(usage);
    if (!isSameUsage(entry.usage, shown)) {
      entry.usage = shown;
      this.#listener.onUsage(entry);
    }
    // A frozen program is its operator's business; what exceeds then is judged anew when it goes on.
    if (!isJudged(entry)) {
      entry.limits = QUIET;
      this.#near.delete(id);
      return;
    }
    const { limits } = entry.program.spec;
    if (isNearLimit(shown, limits)) this.#near.add(id);
    else this.#near.delete(id);
    const { watch, excess } = judgeUsage(entry.limits, limits, shown, pace);
    entry.limits = watch;
    if (excess !== null) this.#engine.post(id, { kind: 'limitExceeded', ...excess });
  }

  #setPace(): void {
    for (const id of this.#near) {
      const entry = this.#engine.programs.get(id);
      if (entry === undefined || !isJudged(entry)) this.#near.delete(id);
    }
    if (this.#near.size > 0) {
      this.#fast ??= setInterval(() => void this.#fastTick(), FAST_MS);
      return;
    }
    clearInterval(this.#fast);
    this.#fast = undefined;
  }
}

/** A stop ends with the end of our own child, or of the last of its tree; of an adopted one we may hear nothing. */
function isToldOtherwise({ program: { state } }: ManagedProgram): boolean {
  return state.name === 'stopping' && (state.exit !== null || !state.run.adopted);
}

function isJudged({ program }: ManagedProgram): boolean {
  return isUp(program.state);
}

function asShown(usage: TreeUsage): MeasuredUsage {
  return {
    cpuPercent: usage.cpuPercent === null ? null : Math.round(usage.cpuPercent * 10) / 10,
    memoryMb: Math.round(usage.memoryMb * 10) / 10,
    processes: usage.processes,
  };
}

function isSameUsage(before: MeasuredUsage | null, after: MeasuredUsage): boolean {
  return (
    before?.cpuPercent === after.cpuPercent &&
    before.memoryMb === after.memoryMb &&
    before.processes === after.processes
  );
}
