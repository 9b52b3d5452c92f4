import { closeSync } from 'node:fs';
import { deleteCallerVariables } from '../../base/caller-variables.ts';
import type { Libc } from '../../base/libc.ts';

/** Reports the engine's status to the service manager (sd_notify(3)). Does nothing without a service manager. */
export interface ServiceNotifier {
  /** Reports that the engine is ready, then reports the status and resets the watchdog periodically. */
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

/**
 * Creates the notifier. It removes the variables of the caller (`src/base/caller-variables.ts`) from the environment, because they
 * are not meant for the processes of the engine. Node does not support Unix datagram sockets, so the C library is required.
 */
export function createServiceNotifier(env: Record<string, string | undefined>, libc: Libc | null): ServiceNotifier {
  const { NOTIFY_SOCKET: path, WATCHDOG_USEC: watchdog, WATCHDOG_PID: watched } = env;
  deleteCallerVariables(env);
  if (libc === null || path === undefined || path === '') return SILENT;
  const isWatched = watched === undefined || watched === String(process.pid);
  const requiredMs = isWatched && watchdog !== undefined ? Number(watchdog) / 1000 : Infinity;
  const watchdogMs = Number.isNaN(requiredMs) ? Infinity : requiredMs;
  const send = openSender(libc, path);
  let timer: NodeJS.Timeout | undefined;
  return {
    ready: (status) => {
      send(`READY=1\nSTATUS=${status()}`);
      // Twice as often as required, as sd_watchdog_enabled(3) recommends.
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

/** Sends without blocking, even if the manager does not read. */
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

/** Returns a struct sockaddr_un: two bytes for the family, then the path. A leading `@` denotes an abstract address. */
function addressOf(path: string): Buffer {
  const family = Buffer.alloc(2);
  new Uint16Array(family.buffer, family.byteOffset, 1)[0] = AF_UNIX;
  const isAbstract = path.startsWith('@');
  return Buffer.concat([family, Buffer.from(isAbstract ? `\0${path.slice(1)}` : `${path}\0`)]);
}

/** Returns whether a service manager started this very process, from the variables that systemd.exec(5) sets for it. */
export function isManagedByService(env: NodeJS.ProcessEnv): boolean {
  return env['SYSTEMD_EXEC_PID'] === String(process.pid) || (env['NOTIFY_SOCKET'] ?? '') !== '';
}
