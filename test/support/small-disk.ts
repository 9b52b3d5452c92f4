import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system that can be filled completely. */
export interface SmallDisk {
  readonly folder: string;
  /** Uses all free space. */
  fill(): void;
  /** Frees some of the space that `fill` used. */
  shrink(bytes: number): void;
  /** Frees the space that `fill` used. */
  free(): void;
  close(): void;
}

/** In containers, it usually has 64 MB. A larger one takes too long to fill and may be in use by other programs. */
const SHARED = '/dev/shm';
const SMALL_BYTES = 256 * 2 ** 20;
const CHUNK = Buffer.alloc(2 ** 20, 'x');

/** @throws Error naming the reason if no small file system is available */
export function createSmallDisk(sizeMb: number): SmallDisk {
  const mountPoint = mkdtempSync(join(tmpdir(), 'healer-disk-'));
  if (tryMount(mountPoint, sizeMb)) {
    return diskIn(mountPoint, () => {
      execFileSync('umount', ['--lazy', mountPoint]);
      rmdirSync(mountPoint);
    });
  }
  rmdirSync(mountPoint);
  const { bsize, blocks } = statfsSync(SHARED);
  if (bsize * blocks > SMALL_BYTES) {
    throw new Error(`no small file system to fill: mounting a tmpfs needs root, and "${SHARED}" is larger than 256 MB`);
  }
  const folder = mkdtempSync(join(SHARED, 'healer-disk-'));
  return diskIn(folder, () => rmSync(folder, { recursive: true, force: true }));
}

function tryMount(folder: string, sizeMb: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(sizeMb)}m`, 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function diskIn(folder: string, close: () => void): SmallDisk {
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill: () => {
      fillWith(ballast);
    },
    shrink: (bytes) => {
      truncateSync(ballast, Math.max(0, statSync(ballast).size - bytes));
    },
    free: () => {
      rmSync(ballast, { force: true });
    },
    close,
  };
}

function fillWith(path: string): void {
  const fd = openSync(path, 'a');
  try {
    // In decreasing steps, down to the last byte of the last page.
    for (let size = CHUNK.length; size >= 1;) {
      try {
        writeSync(fd, CHUNK, 0, size);
      } catch {
        size = Math.floor(size / 2);
      }
    }
  } finally {
    closeSync(fd);
  }
}
