import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

const MAX_BYTES = 64;

/** Returns the pid in a pid file, or null if there is no such regular file or it contains no pid. */
export function readPidFile(path: string): number | null {
  try {
    // The program chooses what is at the path: a FIFO must not block the engine.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!fstatSync(fd).isFile()) return null;
      const head = Buffer.alloc(MAX_BYTES);
      const text = head.toString('latin1', 0, readSync(fd, head, 0, MAX_BYTES, 0));
      const pid = Number(/^\s*(\d{1,10})\s*$/.exec(text.split('\n')[0] ?? '')?.[1]);
      return Number.isInteger(pid) && pid > 1 ? pid : null;
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}
