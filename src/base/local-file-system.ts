import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** From linux/magic.h and the sources of the file systems: ext2 to ext4, xfs, btrfs, tmpfs, ramfs, overlayfs, f2fs, zfs. */
const LOCAL_TYPES = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x858458f6, 0x794c7630, 0xf2f52010, 0x2fc12fc1,
]);

/**
 * Returns whether a file, or the folder that it would be in, is on a local file system. Its metadata is in memory then, so
 * reading it does not block, while a file server that does not respond would block the caller.
 */
export async function isOnLocalFileSystem(path: string): Promise<boolean> {
  for (let each = path; ; each = dirname(each)) {
    try {
      return LOCAL_TYPES.has((await statfs(each)).type);
    } catch {
      // The file does not exist: its folder decides.
      if (each === dirname(each)) return false;
    }
  }
}
