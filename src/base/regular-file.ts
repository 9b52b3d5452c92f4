import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';

/** The content of a file, with the facts about the file that it was read from. */
export interface RegularFile {
  readonly content: Buffer;
  readonly stats: Stats;
}

const MIB = 2 ** 20;

/**
 * Reads a file that another user may have put there. A FIFO in its place must not block, a device must not be opened for
 * longer than it takes to refuse it, and an endless file must not fill the memory.
 * @throws the error of the system call that failed; EISDIR for a folder, EINVAL for anything else that is not a regular file, and
 *   EFBIG for a file that is larger than `maxBytes`
 */
export function readRegularFile(path: string, maxBytes = MIB): RegularFile {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const stats = fstatSync(fd);
    if (stats.isDirectory()) throw failure('EISDIR', `"${path}" is a folder`);
    if (!stats.isFile()) throw failure('EINVAL', `"${path}" is not a regular file`);
    if (stats.size > maxBytes) throw failure('EFBIG', `"${path}" has more than ${String(maxBytes / MIB)} MB`);
    return { content: readFileSync(fd), stats };
  } finally {
    closeSync(fd);
  }
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
