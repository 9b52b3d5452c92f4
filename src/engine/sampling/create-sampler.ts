import { type CgroupMemoryOf, MemoryMeter } from './memory-meter.ts';
import { createPidusageSampler } from './pidusage-sampler.ts';
import { createProcSampler } from './proc-sampler.ts';
import type { MonotonicNow, Sampler } from './sampler.ts';
import type { OwnerIdOf } from './tree-forest.ts';

/** Creates the sampler for the platform: exact and fast on Linux, portable elsewhere. */
export function createSampler(now: MonotonicNow, ownerIdOf: OwnerIdOf, cgroupMemoryOf?: CgroupMemoryOf): Sampler {
  if (process.platform !== 'linux') return createPidusageSampler(now);
  return createProcSampler(now, undefined, ownerIdOf, new MemoryMeter(now, cgroupMemoryOf));
}
