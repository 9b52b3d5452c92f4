import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';

/** The names of linked libraries are near the start of an executable. */
const HEAD_BYTES = 1024 * 1024;

const LIBRARIES = /libX11\.so|libxcb\.so|libwayland-client\.so|libgtk-\d|libgdk-\d|libQt\dGui|libSDL\d?-|libglfw\.so/;

/**
 * Returns whether an executable is linked with a library that connects to X or Wayland. Scripts and programs that load such
 * libraries later are not recognized.
 */
export function linksDisplayLibrary(file: string): boolean {
  const head = Buffer.alloc(HEAD_BYTES);
  try {
    const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const length = readSync(fd, head, 0, HEAD_BYTES, 0);
      const isElf = head.readUInt32BE(0) === 0x7f454c46;
      return isElf && LIBRARIES.test(head.toString('latin1', 0, length));
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}

/** Returns whether a process has loaded such a library, e.g. a script or a browser, which load theirs after their start. */
export function mapsDisplayLibrary(pid: number): boolean {
  try {
    return LIBRARIES.test(readFileSync(`/proc/${String(pid)}/maps`, 'latin1'));
  } catch {
    return false;
  }
}
