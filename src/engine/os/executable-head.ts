import { closeSync, constants, openSync, readSync } from 'node:fs';

/** Returns the first bytes of a file as latin1. @throws Error if the file cannot be read */
export function readHead(file: string, bytes: number): string {
  // Another user may have put a FIFO in place of the file since it was examined.
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const head = Buffer.alloc(bytes);
    return head.toString('latin1', 0, readSync(fd, head));
  } finally {
    closeSync(fd);
  }
}
