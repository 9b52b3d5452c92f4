import { closeSync, readdirSync, readFileSync } from 'node:fs';

const STDERR = 2;
/** From asm-generic/fcntl.h. */
const O_CLOEXEC = 0o2000000;

/**
 * Closes the descriptors above 2 that the caller left open, so that the engine holds none of its pipes, sockets and locks.
 * Descriptors that Node opened are close-on-exec, and so are those below 16 that it found open when it started: they stay
 * open in this process, but reach no other.
 */
export function closeInheritedDescriptors(): void {
  for (const fd of openDescriptors()) if (fd > STDERR && isPassedOn(fd)) closeSync(fd);
}

function openDescriptors(): number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number);
  } catch {
    return [];
  }
}

/** Returns false for a descriptor that is closed by now, such as the one that listed the others. */
function isPassedOn(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${String(fd)}`, 'latin1'))?.[1];
    return flags !== undefined && (parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    return false;
  }
}
