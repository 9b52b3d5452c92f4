import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

const X_FOLDER = '/tmp/.X11-unix';
/** Flag of a socket that accepts connections, as /proc/net/unix writes it (__SO_ACCEPTCON). */
const ACCEPTS = '00010000';

/** The names of all Unix sockets that somebody listens on; those of the abstract namespace begin with `@`. */
export type ListeningSockets = ReadonlySet<string>;

/** Whether any display server could be running for this user: two listings, next to nothing on a server. */
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
 * A socket file outlives its server, and connecting would have to wait: the kernel's table tells which are listened
 * on. See proc_net(5) for its columns.
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

/** The sockets of a local X display, `:1` or `unix:1.0`; a display of another machine or of SSH has none here. */
export function isLiveXDisplay(display: string, sockets: ListeningSockets): boolean {
  const number = /^(?:unix)?:(\d+)(?:\.\d+)?$/.exec(display)?.[1];
  if (number === undefined) return false;
  const path = `${X_FOLDER}/X${number}`;
  return sockets.has(path) || sockets.has(`@${path}`);
}

export function isLiveWaylandDisplay(display: string, runtimeFolder: string, sockets: ListeningSockets): boolean {
  return sockets.has(isAbsolute(display) ? display : join(runtimeFolder, display));
}

/** For a bus address such as `unix:path=/run/user/1000/bus,guid=…`; of other kinds nothing can be said. */
export function isLiveBus(address: string, sockets: ListeningSockets): boolean {
  const [, kind, name] = /^unix:(path|abstract)=([^,;]+)/.exec(address) ?? [];
  if (name === undefined) return false;
  return sockets.has(kind === 'abstract' ? `@${name}` : name);
}
