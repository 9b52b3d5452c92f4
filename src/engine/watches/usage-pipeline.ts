import { isUp, runOf } from '../../policy/lifecycle/state.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { Records } from '../records/records.ts';
import type { Sampler, TreeUsage } from '../sampling/sampler.ts';
import { AnomalyHistory } from './anomaly-history.ts';
import { AnomalyWatch } from './anomaly-watch.ts';
import { createForkWatch, type ForkWatch } from './fork-watch.ts';
import { ProgramSums } from './program-sums.ts';
import type { SamplingLoop } from './sampling-loop.ts';
import { UsageHistories } from './usage-histories.ts';

interface UsagePipelineParts {
  readonly engine: Engine;
  readonly loop: Pick<SamplingLoop, 'onSample'>;
  readonly records: Pick<Records, 'onEvents'>;
  readonly sampler: Sampler;
  readonly clock: Clock;
}

/** Passes each sample of the sampling loop on to the histories, the totals and the anomaly detectors. */
export class UsagePipeline {
  readonly histories: UsageHistories;
  readonly anomalies = new AnomalyHistory();
  readonly sums = new ProgramSums();
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #anomalyWatch = new AnomalyWatch();
  readonly #forkWatch: ForkWatch;

  constructor({ engine, loop, records, sampler, clock }: UsagePipelineParts) {
    this.#engine = engine;
    this.#clock = clock;
    this.histories = new UsageHistories(() => clock.now().wall);
    this.#forkWatch = createForkWatch(engine, this.#anomalyWatch, { sampler, clock });
    loop.onSample.add((entry, usage) => this.#take(entry, usage));
    records.onEvents.add((events) => this.#takeEvents(events));
    engine.onForgotten.add(({ id }) => this.#forget(id));
  }

  start(): void {
    this.#forkWatch.start();
  }

  close(): void {
    this.#forkWatch.close();
  }

  #take(entry: ManagedProgram, usage: TreeUsage): void {
    this.histories.push(entry.id, usage);
    const { state } = entry.program;
    const run = runOf(state);
    if (run === null || !isUp(state)) return;
    const { mono } = this.#clock.now();
    this.#forkWatch.take(entry, usage.processes);
    this.sums.addUsage(entry.id, usage.cpuPercent, mono);
    for (const fact of this.#anomalyWatch.take(entry, run, usage, mono)) this.#engine.post(entry.id, fact);
  }

  #takeEvents(events: readonly EngineEvent[]): void {
    this.anomalies.take(events);
    this.sums.addEvents(events);
  }

  #forget(id: string): void {
    this.histories.forget(id);
    this.anomalies.forget(id);
    this.sums.forget(id);
    this.#anomalyWatch.forget(id);
  }
}
