import { isSameProcess, type ProcessIdentity } from '../../base/process-identity.ts';
import type { Run } from '../../policy/lifecycle/state.ts';
import type { CpuRemainder, TreeCpu } from '../sampling/sampler.ts';

/** A run whose CPU time an engine has counted, for the next engine. */
export interface CountedRun extends ProcessIdentity {
  readonly run: number;
  /** The sum of the clocks of its processes, up to which its time was counted. */
  readonly clockSeconds: number;
}

/** What a program has used so far, as one engine leaves it to the next. */
export interface CpuRecord {
  readonly seconds: number;
  /** The run that was sampled last; null if it has ended. */
  readonly current: CountedRun | null;
  /** The last run that has been counted to its end; 0 if there is none. */
  readonly endedRun: number;
}

/** The exit of the main process of a run. */
export interface RunEnd {
  readonly run: Run;
  /** CPU time of the process and its reaped descendants; absent if the kernel did not report it. */
  readonly cpuSeconds?: number | undefined;
  /** What the samples do not include; null if no sample has included the process. */
  readonly remainder: CpuRemainder | null;
}

interface Sampled {
  readonly run: Run;
  readonly cpu: TreeCpu;
  /** The part of the first sample that is not counted. */
  readonly excludedSeconds: number;
}

const NOTHING_COUNTED: CpuRecord = { seconds: 0, current: null, endedRun: 0 };

/**
 * The CPU time of a program over all its runs, each from its first to its last clock tick. Samples contribute what the
 * clocks of the tree show, and the kernel reports the rest when a process is reaped.
 */
export class ProgramCpu {
  #settledSeconds: number;
  #sampled: Sampled | null = null;
  #inherited: CountedRun | null;
  #endedRun: number;

  constructor({ seconds, current, endedRun }: CpuRecord = NOTHING_COUNTED) {
    this.#settledSeconds = seconds;
    this.#inherited = current;
    this.#endedRun = endedRun;
  }

  get seconds(): number {
    return this.#settledSeconds + (this.#sampled === null ? 0 : spentIn(this.#sampled));
  }

  get record(): CpuRecord {
    return { seconds: this.seconds, current: this.#currentRun(), endedRun: this.#endedRun };
  }

  /** Takes a sample of a run. */
  take(run: Run, cpu: TreeCpu): void {
    if (this.#sampled?.cpu === cpu) return;
    const isSampledAgain = this.#sampled !== null && isSameProcess(this.#sampled.run, run);
    this.#settle();
    const excludedSeconds = isSampledAgain ? 0 : this.#countedBefore(run, cpu.beforeSeconds);
    this.#sampled = { run, cpu, excludedSeconds };
    this.#inherited = null;
    // Runs are numbered from 1 again after a program was removed.
    this.#endedRun = Math.min(this.#endedRun, run.number - 1);
  }

  /** Completes the current run. */
  end({ run, cpuSeconds, remainder }: RunEnd): void {
    if (remainder !== null) {
      this.take(run, remainder.cpu);
      this.add(remainder.seconds);
    } else if (cpuSeconds !== undefined) {
      const isSampled = this.#sampled !== null && isSameProcess(this.#sampled.run, run);
      const counted = isSampled ? (this.#sampled?.cpu.clockSeconds ?? 0) : this.#countedBefore(run, cpuSeconds);
      this.add(Math.max(0, cpuSeconds - counted));
    }
    this.#settle();
    this.#inherited = null;
    this.#endedRun = run.number;
  }

  /** Completes a run that exited while no engine was running. */
  endUnseen({
    run,
    pid,
    cpuSeconds,
  }: {
    readonly run: number;
    readonly pid: number;
    readonly cpuSeconds: number;
  }): void {
    const isCurrent = this.#inherited?.pid === pid && this.#inherited.run === run;
    // The engine may have handled the exit and been killed before the log collector knew.
    if (run <= this.#endedRun && !isCurrent) return;
    const counted = isCurrent ? (this.#inherited?.clockSeconds ?? 0) : 0;
    this.add(Math.max(0, cpuSeconds - counted));
    this.#inherited = null;
    this.#endedRun = run;
  }

  /** Adds the time of a process that exited without being part of a sample. */
  add(seconds: number): void {
    this.#settledSeconds += seconds;
  }

  #settle(): void {
    if (this.#sampled !== null) this.#settledSeconds += spentIn(this.#sampled);
    this.#sampled = null;
  }

  /** Returns how much of the clocks of a run was counted before this engine saw it, or is not part of the run. */
  #countedBefore(run: Run, clockSeconds: number): number {
    if (!run.adopted) return 0;
    if (this.#inherited !== null && isSameProcess(this.#inherited, run)) return this.#inherited.clockSeconds;
    // An unmanaged process has worked for itself until it was adopted.
    return run.foreign === true ? clockSeconds : 0;
  }

  #currentRun(): CountedRun | null {
    if (this.#sampled === null) return this.#inherited;
    const { run, cpu } = this.#sampled;
    return { run: run.number, pid: run.pid, startTicks: run.startTicks, clockSeconds: cpu.clockSeconds };
  }
}

function spentIn({ cpu, excludedSeconds }: Sampled): number {
  return Math.max(0, cpu.beforeSeconds - excludedSeconds) + cpu.sinceSeconds;
}
