import { closeSync } from 'node:fs';
import type { Libc } from '../../base/libc.ts';

/** Tells the service manager that started us how we are (sd_notify(3)); without one, all of it does nothing. */
export interface ServiceNotifier {
  /** The programs are started and clients are answered. From now on the status is told, and the watchdog fed. */
  ready(status: () => string): void;
  stopping(): void;
  close(): void;
}

/** From sys/socket.h. */
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

const STATUS_MS = 10_000;

type Environment = Record<string, string | undefined>;

/**
 * Takes the service manager's variables out of the environment: they are meant for us and not for the programs.
 * Node has no datagram sockets of this family, so it needs the C library.
 */
export function createServiceNotifier(env: Environment, libc: Libc | null): ServiceNotifier {
  const { NOTIFY_SOCKET: path, WATCHDOG_USEC: watchdog, WATCHDOG_PID: watched } = env;
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) Reflect.deleteProperty(env, name);
  if (libc === null || path === undefined || path === '') return SILENT;
  const isWatched = watched === undefined || watched === String(process.pid);
  const watchdogMs = isWatched && watchdog !== undefined ? Number(watchdog) / 1000 : Infinity;
  const send = openSender(libc, path);
  let timer: NodeJS.Timeout | undefined;
  return {
    ready: (status) => {
      send(`READY=1\nSTATUS=${status()}`);
      // Twice as often as is asked for, as sd_watchdog_enabled(3) advises.
      const intervalMs = Math.max(1, Math.min(watchdogMs / 2, STATUS_MS));
      timer = setInterval(() => send(`WATCHDOG=1\nSTATUS=${status()}`), intervalMs);
    },
    stopping: () => send('STOPPING=1\nSTATUS=Stopping the programs'),
    close: () => {
      clearInterval(timer);
    },
  };
}

const SILENT: ServiceNotifier = { ready: () => undefined, stopping: () => undefined, close: () => undefined };

/** Sends without waiting: a manager that does not listen must not hold up the engine. */
function openSender(libc: Libc, path: string): (text: string) => void {
  const address = addressOf(path);
  return (text) => {
    const fd = libc.call('socket', AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    const bytes = Buffer.from(text);
    libc.call('sendto', fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL, address, address.length);
    closeSync(fd);
  };
}

/** struct sockaddr_un: the family in two bytes, then the path. An `@` stands for the zero of an abstract address. */
function addressOf(path: string): Buffer {
  const family = Buffer.alloc(2);
  new Uint16Array(family.buffer, family.byteOffset, 1)[0] = AF_UNIX;
  const isAbstract = path.startsWith('@');
  return Buffer.concat([family, Buffer.from(isAbstract ? `\0${path.slice(1)}` : `${path}\0`)]);
}
