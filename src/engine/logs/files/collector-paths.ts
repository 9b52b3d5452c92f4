import { join } from 'node:path';
import type { ProcessIdentity } from '../../../base/process-identity.ts';

/** The settings of the log collector, one JSON argument on its command line. */
export interface CollectorSettings {
  readonly instance: string;
  readonly stateDir: string;
  readonly runtimeDir: string;
  readonly pipesDir: string;
  /** The engine that starts it; the log collector exits once it has neither an engine nor runs. */
  readonly engine: ProcessIdentity;
}

/** The files that the log collector and its engine share. */
export interface CollectorPaths {
  /** In the state folder, which is not cleaned: a missing lock would make a running log collector look absent. */
  readonly lock: string;
  /** In the runtime folder, for a log collector that is started while the state folder cannot be written. */
  readonly spareLock: string;
  readonly journal: string;
  readonly exits: string;
  /** Counts of lines that a full disk refused. */
  readonly losses: string;
  /** Socket at which the log collector accepts sockets to hold; absent until it is asked to. */
  readonly handoff: string;
  /** Socket to which programs send their notifications. */
  readonly notices: string;
  /** FIFO of commands, from the engine to the log collector. */
  readonly commands: string;
  /** FIFO of reports, from the log collector to the engine. */
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
    spareLock: join(runtimeDir, `${instance}.collector.lock`),
    journal: join(runtimeDir, `${instance}.journal`),
    exits: join(runtimeDir, `${instance}.exits`),
    losses: join(runtimeDir, `${instance}.losses`),
    // As long as the path of the engine's own socket, which fits.
    handoff: join(runtimeDir, `${instance}.keep`),
    notices: join(runtimeDir, `${instance}.note`),
    commands: join(pipesDir, 'keeper.in'),
    reports: join(pipesDir, 'keeper.out'),
  };
}
