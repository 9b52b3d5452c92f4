import { createPidusageSampler } from './pidusage-sampler.ts';
import { createProcSampler } from './proc-sampler.ts';
import type { MonotonicNow, Sampler } from './sampler.ts';

/** The sampler that fits the platform: exact and cheap on Linux, portable elsewhere. */
export function createSampler(now: MonotonicNow): Sampler {
  return process.platform === 'linux' ? createProcSampler(now) : createPidusageSampler(now);
}
