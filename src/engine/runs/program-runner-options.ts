import type { Libc } from '../../base/libc.ts';
import type { ReleasedRuns } from '../core/released-runs.ts';
import type { Clock } from '../core/clock.ts';
import type { Cgroups } from '../os/cgroups.ts';

/** What the runner needs from the rest of the engine. */
export interface ProgramRunnerOptions {
  readonly libc: Libc | null;
  readonly clock: Clock;
  readonly stateDir: string;
  readonly pipesDir: string;
  /** Null if programs cannot have cgroups on this machine. */
  readonly cgroups: Cgroups | null;
  readonly isMain: (pid: number) => boolean;
  /** Returns whether a program leaves its leftover processes running. */
  readonly leaves: (id: string) => boolean;
  /** The runs that have left processes running on purpose. */
  readonly released: Pick<ReleasedRuns, 'lastOf' | 'release'>;
}
