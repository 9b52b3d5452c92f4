import { createPidusageSampler } from './pidusage-sampler.ts';
import { createProcSampler } from './proc-sampler.ts';
import type { MonotonicNow, Sampler } from './sampler.ts';
import type { OwnerIdOf } from './tree-forest.ts';

/** Creates the sampler for the platform: exact and fast on Linux, portable elsewhere. */
export function createSampler(now: MonotonicNow, ownerIdOf: OwnerIdOf): Sampler {
  return process.platform === 'linux' ? createProcSampler(now, undefined, ownerIdOf) : createPidusageSampler(now);
}
