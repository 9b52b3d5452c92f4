import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

const X_FOLDER = '/tmp/.X11-unix';
/** The flags of a listening socket in /proc/net/unix (__SO_ACCEPTCON). */
const ACCEPTS = '00010000';

/** The names of all listening Unix sockets; those in the abstract namespace start with `@`. */
export type ListeningSockets = ReadonlySet<string>;

/** Returns whether a display server may be running for a user. It reads two folders, which is cheap on a headless machine. */
export function mayHaveDisplay(runtimeFolder: string): boolean {
  return listNames(X_FOLDER).length > 0 || listNames(runtimeFolder).some((name) => name.startsWith('wayland-'));
}

function listNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * Returns the listening sockets from the table of the kernel, because a socket file may outlive its server, and a
 * connection attempt may block. See proc_net(5) for the columns.
 */
export function readListeningSockets(): ListeningSockets {
  try {
    const rows = readFileSync('/proc/net/unix', 'utf8').split('\n').slice(1);
    return new Set(rows.map((row) => row.split(/\s+/)).flatMap(nameOfListening));
  } catch {
    return new Set();
  }
}

function nameOfListening([, , , flags, , , , ...name]: readonly string[]): string[] {
  return flags === ACCEPTS && name.length > 0 ? [name.join(' ')] : [];
}

/** Returns whether a local X display such as `:1` or `unix:1.0` is running. A display on another machine has no local socket. */
export function isLiveXDisplay(display: string, sockets: ListeningSockets): boolean {
  const number = /^(?:unix)?:(\d+)(?:\.\d+)?$/.exec(display)?.[1];
  if (number === undefined) return false;
  const path = `${X_FOLDER}/X${number}`;
  return sockets.has(path) || sockets.has(`@${path}`);
}

/** Returns whether a Wayland display is running. */
export function isLiveWaylandDisplay(display: string, runtimeFolder: string, sockets: ListeningSockets): boolean {
  return sockets.has(isAbsolute(display) ? display : join(runtimeFolder, display));
}

/** Returns whether a D-Bus address such as `unix:path=/run/user/1000/bus,guid=…` is reachable; false for other kinds. */
export function isLiveBus(address: string, sockets: ListeningSockets): boolean {
  const [, kind, name] = /^unix:(path|abstract)=([^,;]+)/.exec(address) ?? [];
  if (name === undefined) return false;
  return sockets.has(kind === 'abstract' ? `@${name}` : name);
}

/** Returns the names of the listening sockets of X and Wayland servers. */
export function listDisplaySockets(): string[] {
  return [...readListeningSockets()].filter((name) => /\/(?:\.X11-unix\/X\d+|wayland-[^/]+)$/.test(name)).sort();
}
