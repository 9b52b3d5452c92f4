import { startAlignedTimer } from '../../base/aligned-timer.ts';
import { isSameProcess, type ProcessIdentity } from '../../base/process-identity.ts';
import { messageOf } from '../../base/thrown.ts';
import { isNearLimit, judgeUsage, QUIET } from '../../policy/limits.ts';
import { isSearching, isUp, runOf } from '../../policy/lifecycle/state.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram, MeasuredUsage } from '../core/managed-program.ts';
import { Watchers } from '../core/watchers.ts';
import type { Sampler, TreeRoot, TreeUsage } from '../sampling/sampler.ts';
import { CpuWatch, type HotProgram } from './cpu-watch.ts';

const TICK_MS = 1_000;
/** Interval for programs near a limit, and between two looks at the others: three of them take 0.6 s. */
const FAST_MS = 200;
const NONE: ReadonlyMap<string, TreeUsage> = new Map();
/** The usage of a run that was not sampled yet. */
const UNKNOWN = { memoryMb: 0, processes: 1 };
/** A run that is missing from this many consecutive ticks has exited without a report. */
const MISSES_TO_LOSE = 2;

type Pace = 'tick' | 'fast';

/**
 * Samples every program once a second, and those near a limit every 200 ms. In between, it looks at the CPU usage of the
 * programs with a limit. It checks each sample against the limits and posts violations; `UsagePipeline` does everything
 * else with samples.
 */
export class SamplingLoop {
  /** A live program was sampled, once per tick. */
  readonly onSample = new Watchers<[ManagedProgram, TreeUsage]>();
  /** The usage of a program has changed as it is displayed. */
  readonly onUsage = new Watchers<[ManagedProgram]>();
  /** The process of a program has disappeared and no exit was reported. */
  readonly onLost = new Watchers<[ManagedProgram, ProcessIdentity]>();
  /** A tick is complete. The problem says why nothing could be sampled. */
  readonly onTick = new Watchers<[problem: string | null]>();
  readonly #engine: Pick<Engine, 'programs' | 'post'>;
  readonly #sampler: Sampler;
  readonly #cpu: CpuWatch;
  /** The programs near a limit, with their CPU usage in the last fast sample; null before the first one. */
  readonly #near = new Map<string, number | null>();
  /** How often the main process of a program was missing in a row. */
  readonly #misses = new Map<string, { readonly root: TreeRoot; readonly count: number }>();
  #stopTicks: () => void = () => undefined;
  #stopFast: (() => void) | null = null;
  #isBusy = false;

  constructor(engine: Pick<Engine, 'programs' | 'post' | 'onChange'>, sampler: Sampler) {
    this.#engine = engine;
    this.#sampler = sampler;
    this.#cpu = new CpuWatch(engine, sampler.looks, { intervalMs: FAST_MS });
  }

  start(): void {
    this.#stopTicks = startAlignedTimer(TICK_MS, () => void this.#tick());
    void this.#tick();
  }

  close(): void {
    this.#stopTicks();
    this.#stopFast?.();
    this.#sampler.close();
  }

  async #tick(): Promise<void> {
    const problem = await this.#exclusively(async () => {
      const roots = this.#roots();
      const usages = await this.#sampler.sample(roots);
      for (const root of roots) this.#take(root, usages.get(root.id));
    });
    this.onTick.emit(problem);
    this.#setPace();
  }

  async #fastTick(): Promise<void> {
    await this.#exclusively(async () => {
      const { hot, filling } = this.#cpu.look();
      const roots = this.#roots(new Set([...this.#near.keys(), ...filling]));
      const usages = roots.length === 0 ? NONE : await this.#sampler.sampleFast(roots.map(({ id }) => id));
      for (const root of roots) {
        const usage = usages.get(root.id);
        if (usage === undefined) continue;
        const combined = { ...usage, cpuPercent: this.#cpu.combine(root.id, usage.cpuPercent) };
        if (this.#isNear(root.id, combined)) this.#judge(root, combined, 'fast');
      }
      for (const found of hot) if (!usages.has(found.root.id)) this.#takeLook(found);
    });
    this.#setPace();
  }

  /** Returns whether a program is near a limit, or was: one that has merely used CPU time is displayed once a second. */
  #isNear(id: string, usage: TreeUsage): boolean {
    const limits = this.#engine.programs.get(id)?.program.spec.limits;
    return this.#near.has(id) || (limits !== undefined && isNearLimit(usage, limits));
  }

  /** Judges only the CPU usage of a program that has just come near its limit. */
  #takeLook({ root, look }: HotProgram): void {
    const entry = this.#entryOf(root);
    if (entry === undefined) return;
    const shown = asShown({ ...(entry.usage ?? UNKNOWN), cpuPercent: look.percent }, null);
    if (entry.usage !== null) this.#show(entry, shown);
    this.#judgeShown(entry, { ...shown, isMemoryPending: true }, 'fast');
  }

  /** Takes one sample at a time: a slow machine gets fewer samples, not a queue. Returns what went wrong, or null. */
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

  /** @param ids all programs by default */
  #roots(ids?: Iterable<string>): TreeRoot[] {
    const roots: TreeRoot[] = [];
    for (const id of ids ?? this.#engine.programs.keys()) {
      const program = this.#engine.programs.get(id)?.program;
      const run = program === undefined ? null : runOf(program.state);
      if (program === undefined || run === null) continue;
      roots.push({ id, pid: run.pid, startTicks: run.startTicks, memoryLimitMb: program.spec.limits.memoryMb });
    }
    return roots;
  }

  #take(root: TreeRoot, usage: TreeUsage | undefined): void {
    if (usage === undefined) {
      this.#miss(root);
      return;
    }
    this.#misses.delete(root.id);
    this.#judge(root, usage, 'tick');
    const entry = this.#entryOf(root);
    if (entry !== undefined) this.onSample.emit(entry, usage);
  }

  /**
   * Returns the program of a root unless it has another main process by now: the run may have exited, and the next one
   * started, since the sample began.
   */
  #entryOf(root: TreeRoot): ManagedProgram | undefined {
    const entry = this.#engine.programs.get(root.id);
    const run = entry === undefined ? null : runOf(entry.program.state);
    return run !== null && isSameProcess(run, root) ? entry : undefined;
  }

  #miss(root: TreeRoot): void {
    const entry = this.#entryOf(root);
    if (entry === undefined || isReportedOtherwise(entry)) {
      this.#misses.delete(root.id);
      return;
    }
    const previous = this.#misses.get(root.id);
    const count = previous !== undefined && isSameProcess(previous.root, root) ? previous.count + 1 : 1;
    this.#misses.set(root.id, { root, count });
    if (count < MISSES_TO_LOSE) return;
    this.#misses.delete(root.id);
    this.onLost.emit(entry, root);
  }

  #judge(root: TreeRoot, usage: TreeUsage, pace: Pace): void {
    const entry = this.#entryOf(root);
    if (entry === undefined) {
      this.#near.delete(root.id);
      return;
    }
    const shown = asShown(usage, entry.usage);
    this.#show(entry, shown);
    this.#judgeShown(entry, shown, pace);
  }

  #show(entry: ManagedProgram, shown: MeasuredUsage): void {
    if (isSameUsage(entry.usage, shown)) return;
    entry.usage = shown;
    this.onUsage.emit(entry);
  }

  #judgeShown(entry: ManagedProgram, shown: MeasuredUsage, pace: Pace): void {
    const { id, program } = entry;
    const run = runOf(program.state);
    // The operator paused this program: its limits are checked again after it is resumed.
    if (run === null || !isJudged(entry)) {
      entry.limits = QUIET;
      this.#near.delete(id);
      return;
    }
    const { limits } = program.spec;
    // The mean of the last second says less than a fast sample, which is at most as old.
    const cpuPercent = pace === 'tick' ? (this.#near.get(id) ?? shown.cpuPercent) : shown.cpuPercent;
    const judged = cpuPercent === shown.cpuPercent ? shown : { ...shown, cpuPercent };
    const isUnmeasured = cpuPercent === null && limits.cpuPercent !== null && this.#near.has(id);
    if (isUnmeasured || isNearLimit(judged, limits))
      this.#near.set(id, pace === 'fast' ? cpuPercent : (this.#near.get(id) ?? null));
    else this.#near.delete(id);
    const { watch, excess } = judgeUsage(entry.limits, limits, judged, pace);
    entry.limits = watch;
    if (excess !== null) this.#engine.post(id, { kind: 'limitExceeded', of: run, ...excess });
  }

  #setPace(): void {
    for (const id of this.#near.keys()) {
      const entry = this.#engine.programs.get(id);
      if (entry === undefined || !isJudged(entry)) this.#near.delete(id);
    }
    if (this.#near.size > 0 || this.#cpu.isNeeded) {
      this.#stopFast ??= startAlignedTimer(FAST_MS, () => void this.#fastTick());
      return;
    }
    this.#stopFast?.();
    this.#stopFast = null;
  }
}

/** A stop completes when our own child or the last process of its tree exits. The exit of an adopted process may not be reported. While a main process is searched for, its predecessor is known to have exited. */
function isReportedOtherwise({ program: { state } }: ManagedProgram): boolean {
  if (isSearching(state)) return true;
  return state.name === 'stopping' && (state.exit !== null || !(state.run.adopted || state.run.forked === true));
}

function isJudged({ program }: ManagedProgram): boolean {
  return isUp(program.state);
}

/** Rounds a usage as it is displayed. Returns the one before if it is the same. */
function asShown(usage: TreeUsage, before: MeasuredUsage | null): MeasuredUsage {
  const { memoryMeasure, processes } = usage;
  const cpuPercent = usage.cpuPercent === null ? null : Math.round(usage.cpuPercent * 10) / 10;
  const memoryMb = Math.round(usage.memoryMb * 10) / 10;
  const isMemoryPending = usage.isMemoryPending === true;
  const isSame =
    before?.cpuPercent === cpuPercent &&
    before.memoryMb === memoryMb &&
    before.memoryMeasure === memoryMeasure &&
    before.processes === processes &&
    (before.isMemoryPending === true) === isMemoryPending;
  if (isSame) return before;
  return {
    cpuPercent,
    memoryMb,
    ...(memoryMeasure === undefined ? {} : { memoryMeasure }),
    ...(isMemoryPending ? { isMemoryPending } : {}),
    processes,
  };
}

function isSameUsage(before: MeasuredUsage | null, after: MeasuredUsage): boolean {
  return (
    before?.cpuPercent === after.cpuPercent &&
    before.memoryMb === after.memoryMb &&
    before.memoryMeasure === after.memoryMeasure &&
    before.processes === after.processes
  );
}
