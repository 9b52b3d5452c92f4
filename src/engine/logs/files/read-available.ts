import { readSync } from 'node:fs';

/** Reads the bytes that a non-blocking descriptor has available, up to `limit`. */
export function readAvailable(fd: number, limit: number): Buffer {
  const buffer = Buffer.allocUnsafe(limit);
  let length = 0;
  while (length < limit) {
    const count = readOnce(fd, buffer, length);
    if (count === 0) break;
    length += count;
  }
  return buffer.subarray(0, length);
}

/** Reads once from a non-blocking descriptor. Returns 0 at the end and if no data is available. @throws any other error */
export function readOnce(fd: number, buffer: Buffer, offset = 0): number {
  try {
    return readSync(fd, buffer, offset, buffer.length - offset, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
}
