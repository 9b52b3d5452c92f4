import { join } from 'node:path';
import type { Paths } from '../../config/instance/paths.ts';
import { validSettings } from '../../config/registry/settings.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import type { HealingPauses } from '../operations/healing-pauses.ts';
import { bootId } from '../os/boot-id.ts';
import type { ReadProcessTable } from '../os/process-table.ts';
import { createTrackedTrees } from '../os/tracked-trees.ts';
import { OrphanWatch } from './orphan-watch.ts';
import type { Records } from '../records/records.ts';
import type { Sources } from '../definitions/sources.ts';
import { OrphanFile } from '../store/orphan-file.ts';
import { ZombieWatch } from './zombie-watch.ts';

const ZOMBIE_SCAN_S = 300;
const ORPHAN_CHECK_S = 60;

interface NeighborParts {
  readonly engine: Engine;
  readonly records: Records;
  readonly sources: Pick<Sources, 'settings'>;
  readonly healingPauses: Pick<HealingPauses, 'status'>;
  readonly clock: Clock;
  readonly paths: Pick<Paths, 'stateDir'>;
}

/** Processes of the machine that are not programs of the engine: zombies, and processes that are tracked. */
export class Neighbors {
  readonly zombies: ZombieWatch;
  readonly orphans: OrphanWatch;

  constructor({ engine, records, sources, healingPauses, clock, paths }: NeighborParts, readTable: ReadProcessTable) {
    const mayAct = (): boolean =>
      healingPauses.status().mode === 'on' &&
      validSettings(sources.settings).healing !== 'observe' &&
      !engine.isShuttingDown;
    const shared = { engine, clock, records, readTable, mayAct };
    this.zombies = new ZombieWatch({
      ...shared,
      intervalSeconds: () => validSettings(sources.settings).zombieScanSeconds ?? ZOMBIE_SCAN_S,
    });
    this.orphans = new OrphanWatch({
      ...shared,
      trees: createTrackedTrees(readTable),
      file: new OrphanFile(join(paths.stateDir, 'orphans.json'), bootId()),
      intervalSeconds: () => validSettings(sources.settings).orphanCheckSeconds ?? ORPHAN_CHECK_S,
      isEnabled: () => validSettings(sources.settings).tracking !== 'off',
    });
  }

  /** Call it every second. */
  tick(): void {
    if (process.platform !== 'linux') return;
    this.zombies.tick();
    this.orphans.tick();
  }
}
