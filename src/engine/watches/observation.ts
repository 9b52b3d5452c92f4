import type { EngineEvent } from '../../protocol/engine-event.ts';
import { runOf } from '../../policy/lifecycle/state.ts';
import { AnomalyHistory } from './anomaly-history.ts';
import { AnomalyWatch } from './anomaly-watch.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import { createForkWatch, type ForkWatch } from './fork-watch.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import { Monitor, type MonitorListener } from './monitor.ts';
import { ProgramSums } from './program-sums.ts';
import type { Sampler, TreeUsage } from '../sampling/sampler.ts';
import { UsageHistories } from './usage-histories.ts';

interface ObservationParts {
  readonly sampler: Sampler;
  readonly clock: Clock;
}

/** All that looks at what programs use: each sample goes to the limits, the detectors, the histories and the sums. */
export class Observation {
  readonly histories: UsageHistories;
  readonly anomalies = new AnomalyHistory();
  readonly sums = new ProgramSums();
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #anomalyWatch = new AnomalyWatch();
  readonly #forkWatch: ForkWatch;
  readonly #monitor: Monitor;

  constructor(engine: Engine, parts: ObservationParts, listener: Omit<MonitorListener, 'onSample'>) {
    const { sampler, clock } = parts;
    this.#engine = engine;
    this.#clock = clock;
    this.histories = new UsageHistories(() => clock.now().wall);
    this.#forkWatch = createForkWatch(engine, this.#anomalyWatch, parts);
    this.#monitor = new Monitor(engine, sampler, this.histories, {
      ...listener,
      onSample: (entry, usage) => this.#take(entry, usage),
    });
  }

  start(): void {
    this.#monitor.start();
    this.#forkWatch.start();
  }

  /** Findings and restarts, also those of an earlier engine. */
  takeEvents(events: readonly EngineEvent[]): void {
    this.anomalies.take(events);
    this.sums.addEvents(events);
  }

  forget(id: string): void {
    this.histories.forget(id);
    this.anomalies.forget(id);
    this.sums.forget(id);
    this.#anomalyWatch.forget(id);
  }

  close(): void {
    this.#forkWatch.close();
    this.#monitor.close();
  }

  #take(entry: ManagedProgram, usage: TreeUsage): void {
    const run = runOf(entry.program.state);
    if (run === null) return;
    const { mono } = this.#clock.now();
    this.#forkWatch.take(entry, usage.processes);
    this.sums.addUsage(entry.id, usage.cpuPercent, mono);
    for (const fact of this.#anomalyWatch.take(entry, run.number, usage, mono)) this.#engine.post(entry.id, fact);
  }
}
