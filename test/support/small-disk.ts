import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
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

const CHUNK = Buffer.alloc(2 ** 20, 'x');

/**
 * Mounts a file system of its own, which needs root: tests that use it belong to `test/root`.
 * @throws Error of `mount`
 */
export function createSmallDisk(sizeMb: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'healer-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(sizeMb)}m`, 'tmpfs', folder]);
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
    close: () => {
      execFileSync('umount', ['--lazy', folder]);
      rmdirSync(folder);
    },
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
