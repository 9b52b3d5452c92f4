import { closeSync, openSync, readSync } from 'node:fs';

/** Of the first line of a script the kernel reads no more (https://man7.org/linux/man-pages/man2/execve.2.html). */
const LONGEST_LINE = 255;

/** The words of the first line of a script, beginning with its interpreter; none for what is no script. */
export function readScriptLine(path: string): readonly string[] {
  const [line = ''] = readStart(path).split('\n');
  if (!line.startsWith('#!')) return [];
  return line
    .slice(2)
    .split(/\s+/)
    .filter((word) => word !== '');
}

function readStart(path: string): string {
  const buffer = Buffer.alloc(LONGEST_LINE);
  const fd = openSync(path, 'r');
  try {
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, LONGEST_LINE, 0));
  } finally {
    closeSync(fd);
  }
}
