import type { Libc } from '../../base/libc.ts';
import { CpuLooks } from './cpu-looks.ts';
import { type CgroupMemoryOf, MemoryMeter } from './memory-meter.ts';
import { createPidusageSampler } from './pidusage-sampler.ts';
import { createProcessClock, isPrecise } from './process-clock.ts';
import { createProcSampler } from './proc-sampler.ts';
import type { MonotonicNow, Sampler } from './sampler.ts';
import { StatFiles } from './stat-files.ts';
import { type CgroupFolders, TreeClocks } from './tree-clocks.ts';
import type { OwnerIdOf } from './tree-forest.ts';

/** What the kernel knows about programs besides the files of their processes. */
interface KernelSources {
  readonly libc: Libc | null;
  readonly folders: CgroupFolders;
  readonly memoryOf: CgroupMemoryOf;
}

/** Creates the sampler for the platform: exact and fast on Linux, portable elsewhere. */
export function createSampler(now: MonotonicNow, ownerIdOf: OwnerIdOf, kernel?: KernelSources): Sampler {
  if (process.platform !== 'linux') return createPidusageSampler(now);
  const memory = new MemoryMeter(now, kernel?.memoryOf);
  const sampler = createProcSampler(now, statFilesWith(kernel?.libc ?? null), ownerIdOf, memory);
  if (kernel === undefined) return sampler;
  const { libc, folders } = kernel;
  if (libc === null && folders.all === null) return sampler;
  return { ...sampler, looks: new CpuLooks(now, new TreeClocks({ libc, folders, now, pidsOf: sampler.pidsOf })) };
}

/** Returns stat files that are not read while a process does not run, if the kernel shows that precisely. */
function statFilesWith(libc: Libc | null): StatFiles {
  const clock = libc === null ? null : createProcessClock(libc);
  return new StatFiles(undefined, clock !== null && isPrecise(clock) ? clock : null);
}
