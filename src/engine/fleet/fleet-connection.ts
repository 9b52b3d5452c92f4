import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { removeWithDraft, replaceFile } from '../../base/atomic-file.ts';
import type { Paths } from '../../config/instance/paths.ts';
import { type Moment, recallPast } from '../../policy/moment.ts';
import type { Clock } from '../core/clock.ts';

/**
 * Knows since when this host, as a member of a fleet, has had no connection to it. The time is kept in a file, so that it counts
 * on after a restart of the engine or of the machine.
 */
export class FleetConnection {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #memberFile: string;
  readonly #file: string;
  /** Null if there is a connection, or if the host belongs to no fleet. */
  #lostSince: Moment | null = null;

  constructor({ fleetFile }: Pick<Paths, 'fleetFile'>, clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.#memberFile = fleetFile;
    this.#file = join(dirname(fleetFile), 'lost-since');
    this.lost();
  }

  /** Returns for how long there has been no connection, in ms; null if there is one, or if the host belongs to no fleet. */
  lostForMs(): number | null {
    return this.#lostSince === null ? null : this.#clock.now().mono - this.#lostSince.mono;
  }

  /** Notes that there is a connection. */
  connected(): void {
    this.#lostSince = null;
    removeQuietly(this.#file);
  }

  /** Notes that there is no connection, or that the host has left the fleet. An earlier loss counts on. */
  lost(): void {
    if (!existsSync(this.#memberFile)) {
      if (this.#lostSince !== null || existsSync(this.#file)) this.connected();
    } else if (this.#lostSince === null) {
      const now = this.#clock.now();
      const kept = readTime(this.#file);
      this.#lostSince = kept === null ? now : recallPast(kept, now);
      if (kept === null) keep(this.#file, now.wall);
    }
  }
}

function readTime(file: string): number | null {
  try {
    const wall = Date.parse(readFileSync(file, 'utf8').trim());
    return Number.isNaN(wall) ? null : wall;
  } catch {
    return null;
  }
}

/** Without the file, e.g. on a full disk, the time counts from the start of the next engine. */
function keep(file: string, wall: number): void {
  try {
    replaceFile(file, `${new Date(wall).toISOString()}\n`);
  } catch {
    // The time is known as long as this engine runs.
  }
}

function removeQuietly(file: string): void {
  try {
    removeWithDraft(file);
  } catch {
    // A file that cannot be removed cannot be written either; it is read at the next start only.
  }
}
