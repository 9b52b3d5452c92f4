import type { Libc } from '../../base/libc.ts';
import type { Paths } from '../../config/instance/paths.ts';
import type { SourceLocations } from '../definitions/sources.ts';
import type { Clock } from '../core/clock.ts';
import type { LogTransport } from '../logs/files/log-transport.ts';
import type { CgroupsResult } from '../os/cgroups.ts';
import type { HostSampler } from '../sampling/host-facts.ts';
import type { Sampler } from '../sampling/sampler.ts';

/** Everything through which the engine reaches the outside. main creates it, tests may replace it. */
export interface EngineParts {
  readonly paths: Paths;
  /** The files that define programs, see `startingSources`. */
  readonly sources: Pick<SourceLocations, 'ups' | 'problem' | 'parsed'>;
  /** Observe mode for all programs: faults are reported, and nothing is healed. */
  readonly observes: boolean;
  readonly clock: Clock;
  /** Null where system calls are not available. */
  readonly libc: Libc | null;
  readonly logs: LogTransport;
  readonly sampler: Sampler;
  readonly host: HostSampler;
  readonly containment: CgroupsResult;
}
