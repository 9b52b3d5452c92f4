import { chmodSync, rmSync, type Stats, statSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { ensureFolder, PRIVATE_FOLDER } from '../../base/atomic-file.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { ServedEngine } from '../access/served-engine.ts';
import { Session } from './session.ts';

/** More clients than any operator has terminals; the next one is hung up on. */
const MOST_CLIENTS = 256;

export interface SocketServer {
  readonly clients: () => number;
  /** False when somebody removed the socket, so that no new client can come. */
  isInPlace(): boolean;
  /** Opens it again; who is connected stays so. @throws HealerError IO_ERROR or FORBIDDEN */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Serves the local protocol (SPEC section 11). The caller holds the instance's lock, so a socket file that is there
 * belongs to nobody.
 * @throws HealerError IO_ERROR when the address cannot be used.
 */
export async function serveSocket(path: string, engine: ServedEngine): Promise<SocketServer> {
  const sockets = new Set<Socket>();
  const welcome = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    new Session(engine, socket);
  };
  let endpoint = await openEndpoint(path, welcome);
  return {
    clients: () => sockets.size,
    isInPlace: () => isSame(endpoint.file, statSync(path, { throwIfNoEntry: false })),
    restore: async () => {
      // First, since closing removes whatever has the name by then.
      endpoint.server.close();
      endpoint = await openEndpoint(path, welcome);
    },
    close: () =>
      new Promise((resolve) => {
        endpoint.server.close(() => resolve());
        // What was answered goes out before the end.
        for (const socket of sockets) socket.end(() => socket.destroy());
      }),
  };
}

interface Endpoint {
  readonly server: Server;
  /** By which it is known again. */
  readonly file: Stats;
}

async function openEndpoint(path: string, welcome: (socket: Socket) => void): Promise<Endpoint> {
  ensurePrivateFolder(dirname(path));
  rmSync(path, { force: true });
  const server = createServer(welcome);
  server.maxConnections = MOST_CLIENTS;
  await listen(server, path);
  chmodSync(path, 0o600);
  return { server, file: statSync(path) };
}

function isSame(ours: Stats, found: Stats | undefined): boolean {
  return found?.ino === ours.ino && found.dev === ours.dev;
}

/** @throws HealerError FORBIDDEN when the folder is somebody else's: in a shared place it may be a trap. */
function ensurePrivateFolder(path: string): void {
  ensureFolder(path);
  const { uid, mode } = statSync(path);
  if (uid !== process.getuid?.()) {
    throw new HealerError('FORBIDDEN', `"${path}" belongs to another user; set HEALER_HOME to a folder of yours`);
  }
  if ((mode & 0o077) !== 0) chmodSync(path, PRIVATE_FOLDER);
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // For as long as it listens: where the machine has no more files, each client that cannot be taken is an error.
    server.on('error', (cause) => {
      reject(new HealerError('IO_ERROR', `cannot listen on "${path}": ${cause.message}`, { path }, { cause }));
    });
    server.listen(path, resolve);
  });
}
