import systeminformation from 'systeminformation';
import type { HostFacts } from '../../protocol/snapshot.ts';

const BYTES_PER_MB = 2 ** 20;

/** Host facts that Node does not provide. This file is imported lazily, since the package is large. */
export interface SystemInformation {
  readonly readMemory: () => Promise<Pick<HostFacts, 'memoryUsedMb' | 'memoryTotalMb'>>;
  /** Name and version of the distribution; null if unknown. */
  readonly readPlatform: () => Promise<string | null>;
  /** Usage of the file system of the folder, in percent; null if unknown. */
  readonly readDisk: () => Promise<number | null>;
}

/** Creates readers of host facts on top of the package systeminformation. Unknown facts are null. */
export function createSystemInformation(diskPath: string): SystemInformation {
  let platform: string | null = null;
  return {
    async readMemory() {
      const { total, available } = await systeminformation.mem();
      // Available rather than free memory: the latter is low on any machine that caches files.
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

/** Returns the usage of the disk of a folder: the one with the longest mount point above it. */
export function findUsedPercent(disks: readonly MountedDisk[], folder: string): number | null {
  const holds = ({ mount }: MountedDisk): boolean => `${folder}/`.startsWith(mount.endsWith('/') ? mount : `${mount}/`);
  const holding = disks.filter(holds).sort((a, b) => b.mount.length - a.mount.length);
  return holding[0]?.use ?? null;
}
