import type { RunMemory } from '../../policy/anomaly/run-memory.ts';
import { isUp, runOf } from '../../policy/lifecycle/state.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { Records } from '../records/records.ts';
import type { Sampler, TreeUsage } from '../sampling/sampler.ts';
import type { LearnedStore } from '../store/learned-files.ts';
import type { TotalsFile } from '../store/totals-file.ts';
import { AnomalyHistory } from './anomaly-history.ts';
import { AnomalyWatch } from './anomaly-watch.ts';
import { createForkWatch, type ForkWatch } from './fork-watch.ts';
import type { SamplingLoop } from './sampling-loop.ts';
import { TotalsKeeper } from './totals-keeper.ts';
import { UsageHistories } from './usage-histories.ts';

interface UsagePipelineParts {
  readonly engine: Engine;
  readonly loop: Pick<SamplingLoop, 'onSample'>;
  readonly records: Pick<Records, 'onEvents'>;
  readonly totals: TotalsFile;
  readonly learned: LearnedStore;
  readonly sampler: Sampler;
  readonly clock: Clock;
}

/** Passes each sample of the sampling loop on to the histories and the anomaly detectors. */
export class UsagePipeline {
  readonly histories: UsageHistories;
  readonly anomalies = new AnomalyHistory();
  readonly totals: TotalsKeeper;
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #anomalyWatch: AnomalyWatch;
  readonly #forkWatch: ForkWatch;

  constructor({ engine, loop, records, totals, learned, sampler, clock }: UsagePipelineParts) {
    this.#engine = engine;
    this.#clock = clock;
    this.histories = new UsageHistories(() => clock.now().wall);
    this.#anomalyWatch = new AnomalyWatch({ store: learned, wallNow: () => clock.now().wall });
    this.#forkWatch = createForkWatch(engine, this.#anomalyWatch, { sampler, clock });
    this.totals = new TotalsKeeper({ engine, loop, records, sampler, file: totals, clock });
    loop.onSample.add((entry, usage) => this.#take(entry, usage));
    records.onEvents.add((events) => this.anomalies.take(events));
    engine.onForgotten.add(({ id }) => this.#forget(id));
  }

  /** Returns what the runs of a program have taught. */
  memoryOf(id: string): RunMemory {
    return this.#anomalyWatch.memoryOf(id);
  }

  start(): void {
    this.#forkWatch.start();
  }

  close(): void {
    this.#forkWatch.close();
    this.#anomalyWatch.saveAll();
    this.totals.close();
  }

  #take(entry: ManagedProgram, usage: TreeUsage): void {
    this.histories.push(entry.id, usage);
    const { state } = entry.program;
    const run = runOf(state);
    if (run === null || !isUp(state)) return;
    const { mono } = this.#clock.now();
    this.#forkWatch.take(entry, usage.processes);
    for (const fact of this.#anomalyWatch.take(entry, run, usage, mono)) this.#engine.post(entry.id, fact);
  }

  #forget(id: string): void {
    this.histories.forget(id);
    this.anomalies.forget(id);
    this.#anomalyWatch.forget(id);
  }
}
