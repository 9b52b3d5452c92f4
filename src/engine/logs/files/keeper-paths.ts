import { join } from 'node:path';

/** What a keeper is told on its command line, as one JSON argument. */
export interface KeeperSettings {
  readonly instance: string;
  readonly stateDir: string;
  readonly runtimeDir: string;
  readonly pipesDir: string;
  /** Who starts it: a keeper without an engine and without runs has nothing to wait for. */
  readonly engine: { readonly pid: number; readonly startTicks: number | null };
}

/** Where a keeper and its engine meet. */
export interface KeeperPaths {
  /** Beside the state, which nobody cleans: a keeper that is at work must not be taken for none. */
  readonly lock: string;
  readonly journal: string;
  readonly exits: string;
  /** FIFO of commands, engine to keeper. */
  readonly commands: string;
  /** FIFO of reports, keeper to engine. */
  readonly reports: string;
}

export function keeperPathsOf({
  instance,
  stateDir,
  runtimeDir,
  pipesDir,
}: Omit<KeeperSettings, 'engine'>): KeeperPaths {
  return {
    lock: join(stateDir, 'keeper.lock'),
    journal: join(runtimeDir, `${instance}.journal`),
    exits: join(runtimeDir, `${instance}.exits`),
    commands: join(pipesDir, 'keeper.in'),
    reports: join(pipesDir, 'keeper.out'),
  };
}
