import { closeSync, constants, openSync, readSync } from 'node:fs';

/** The kernel reads no more of the first line of a script (https://man7.org/linux/man-pages/man2/execve.2.html). */
const MAX_LINE_BYTES = 255;

/** Returns the words of a script's first line, starting with the interpreter. Returns none for a file that is not a script. */
export function readScriptLine(path: string): readonly string[] {
  const [line = ''] = readStart(path).split('\n');
  if (!line.startsWith('#!')) return [];
  return line
    .slice(2)
    .split(/\s+/)
    .filter((word) => word !== '');
}

function readStart(path: string): string {
  const buffer = Buffer.alloc(MAX_LINE_BYTES);
  // Another user may have put a FIFO in place of the file since it was examined.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, MAX_LINE_BYTES, 0));
  } finally {
    closeSync(fd);
  }
}
