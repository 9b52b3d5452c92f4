import systeminformation from 'systeminformation';
import type { HostFacts } from '../../protocol/snapshot.ts';

const BYTES_PER_MB = 2 ** 20;

/** What Node does not tell of the machine. This file is imported lazily: the package is large. */
export interface SystemInformation {
  readonly readMemory: () => Promise<Pick<HostFacts, 'memoryUsedMb' | 'memoryTotalMb'>>;
  /** Name and version of the distribution; null when unknown. */
  readonly readPlatform: () => Promise<string | null>;
  /** Of the file system that holds the folder, in percent; null when none is known to. */
  readonly readDisk: () => Promise<number | null>;
}

/** What the package systeminformation knows and Node does not; null for each fact that it cannot find out. */
export function createSystemInformation(diskPath: string): SystemInformation {
  let platform: string | null = null;
  return {
    async readMemory() {
      const { total, available } = await systeminformation.mem();
      // What programs could still get: free memory alone looks short wherever files are cached.
      return {
        memoryUsedMb: Math.round((total - available) / BYTES_PER_MB),
        memoryTotalMb: Math.round(total / BYTES_PER_MB),
      };
    },
    async readPlatform() {
      platform ??= await readDistribution();
      return platform;
    },
    readDisk: async () => findUsedPercent(await systeminformation.fsSize(), diskPath),
  };
}

async function readDistribution(): Promise<string | null> {
  const { distro, release, arch } = await systeminformation.osInfo();
  return distro === '' || distro === 'unknown' ? null : [distro, release, arch].filter(Boolean).join(' ');
}

interface MountedDisk {
  readonly mount: string;
  readonly use: number;
}

/** The longest mount point above the folder is the one that holds it. */
export function findUsedPercent(disks: readonly MountedDisk[], folder: string): number | null {
  const holds = ({ mount }: MountedDisk): boolean => `${folder}/`.startsWith(mount.endsWith('/') ? mount : `${mount}/`);
  const holding = disks.filter(holds).sort((a, b) => b.mount.length - a.mount.length);
  return holding[0]?.use ?? null;
}
