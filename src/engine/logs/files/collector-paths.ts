import { join } from 'node:path';
import type { ProcessIdentity } from '../../../base/process-identity.ts';

/** What a collector is told on its command line, as one JSON argument. */
export interface CollectorSettings {
  readonly instance: string;
  readonly stateDir: string;
  readonly runtimeDir: string;
  readonly pipesDir: string;
  /** Who starts it: a collector without an engine and without runs has nothing to wait for. */
  readonly engine: ProcessIdentity;
}

/** Where a collector and its engine meet. */
export interface CollectorPaths {
  /** Beside the state, which nobody cleans: a collector that is at work must not be taken for none. */
  readonly lock: string;
  readonly journal: string;
  readonly exits: string;
  /** FIFO of commands, engine to collector. */
  readonly commands: string;
  /** FIFO of reports, collector to engine. */
  readonly reports: string;
}

export function collectorPathsOf({
  instance,
  stateDir,
  runtimeDir,
  pipesDir,
}: Omit<CollectorSettings, 'engine'>): CollectorPaths {
  return {
    lock: join(stateDir, 'keeper.lock'),
    journal: join(runtimeDir, `${instance}.journal`),
    exits: join(runtimeDir, `${instance}.exits`),
    commands: join(pipesDir, 'keeper.in'),
    reports: join(pipesDir, 'keeper.out'),
  };
}
