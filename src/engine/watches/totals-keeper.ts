import { type Run, runOf } from '../../policy/lifecycle/state.ts';
import type { ProgramTotals } from '../../policy/figures.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import type { WitnessedExit } from '../logs/files/log-transport.ts';
import type { ReapedOrphan } from '../os/launcher.ts';
import type { Records } from '../records/records.ts';
import type { Sampler } from '../sampling/sampler.ts';
import type { LoadedTotals, TotalsFile } from '../store/totals-file.ts';
import { ProgramSums } from './program-sums.ts';
import type { SamplingLoop } from './sampling-loop.ts';

/** Totals that changed through an event or an exit are saved together after this time. */
const SAVE_AFTER_MS = 100;
/** How often the CPU time of running programs is saved if no client asks for it. */
const SAVE_ALL_MS = 60_000;

/** A run whose main process has exited. */
interface EndedRun {
  readonly id: string;
  readonly run: Run;
  /** CPU time of the process and of the descendants that their parents reaped; undefined if unknown. */
  readonly cpuSeconds: number | undefined;
}

interface TotalsKeeperParts {
  readonly engine: Engine;
  readonly loop: Pick<SamplingLoop, 'onSample'>;
  readonly records: Pick<Records, 'onEvents'>;
  readonly sampler: Pick<Sampler, 'settle'>;
  readonly file: TotalsFile;
  readonly clock: Clock;
}

/** Counts what the metrics show as counters, from samples, events and exits, and saves it. */
export class TotalsKeeper {
  readonly #sums: ProgramSums;
  readonly #engine: Engine;
  readonly #sampler: Pick<Sampler, 'settle'>;
  readonly #file: TotalsFile;
  /** The main process of the last run of each program that has ended: its session may outlive it. */
  readonly #lastMains = new Map<string, number>();
  readonly #idBySession = new Map<number, string>();
  #soon: NodeJS.Timeout | undefined;
  #regular: NodeJS.Timeout | undefined;

  constructor({ engine, loop, records, sampler, file, clock }: TotalsKeeperParts) {
    this.#engine = engine;
    this.#sampler = sampler;
    this.#file = file;
    this.#sums = new ProgramSums(file, () => clock.now().wall);
    loop.onSample.add(({ id, program }, { cpu }) => {
      const run = runOf(program.state);
      if (run !== null && cpu !== undefined) this.#sums.takeSample(id, run, cpu);
    });
    records.onEvents.add((events) => {
      this.#sums.addEvents(events);
      this.#saveSoon();
    });
    engine.onForgotten.add(({ id }) => this.#forget(id));
  }

  /** Continues the totals of the previous engine. Call it before anything is counted. */
  recall(loaded: LoadedTotals, events: readonly EngineEvent[], exits: readonly WitnessedExit[]): void {
    this.#sums.recall(loaded, events, exits);
    this.#regular = setInterval(() => this.#sums.saveAll(), SAVE_ALL_MS).unref();
  }

  /** Returns the totals of a program. Save them before they leave the engine. */
  of(id: string): ProgramTotals {
    return this.#sums.of(id);
  }

  /** Completes the CPU time of a run. */
  runEnded({ id, run, cpuSeconds }: EndedRun): void {
    const remainder = cpuSeconds === undefined ? null : this.#sampler.settle(run.pid, cpuSeconds);
    this.#sums.endRun(id, { run, cpuSeconds, remainder: remainder?.id === id ? remainder : null });
    const previous = this.#lastMains.get(id);
    if (previous !== undefined) this.#idBySession.delete(previous);
    this.#lastMains.set(id, run.pid);
    this.#idBySession.set(run.pid, id);
    this.#saveSoon();
  }

  /** Adds the CPU time of a process that left its parent, or was left by it. */
  orphanExited({ pid, sessionId, cpuSeconds }: ReapedOrphan): void {
    const remainder = this.#sampler.settle(pid, cpuSeconds);
    const id = remainder?.id ?? this.#engine.findByPid(sessionId)?.id ?? this.#idBySession.get(sessionId);
    if (id === undefined) return;
    this.#sums.addCpu(id, remainder?.seconds ?? cpuSeconds);
    this.#saveSoon();
  }

  /** Saves everything that has changed. */
  save(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.#sums.saveAll();
  }

  close(): void {
    clearInterval(this.#regular);
    this.save();
    this.#file.close();
  }

  #forget(id: string): void {
    this.#sums.forget(id);
    const last = this.#lastMains.get(id);
    this.#lastMains.delete(id);
    if (last !== undefined) this.#idBySession.delete(last);
    this.#saveSoon();
  }

  #saveSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#sums.save();
    }, SAVE_AFTER_MS).unref();
  }
}
