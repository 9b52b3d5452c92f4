import { chmodSync, lstatSync, rmSync, type Stats, statSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { statsOf } from '../../base/stats-of.ts';
import { startAlignedTimer } from '../../base/aligned-timer.ts';
import { ensureFolder } from '../../base/atomic-file.ts';
import { descriptors } from '../../base/descriptors.ts';
import { tighten } from '../../config/instance/own-folder.ts';
import { HealerError } from '../../protocol/errors.ts';
import { encodeMessage } from '../../protocol/framing.ts';
import { failureOf } from '../../protocol/rpc.ts';
import { KEPT_FREE } from '../core/kept-free.ts';
import type { ServedEngine } from '../access/served-engine.ts';
import { bufferedSocket } from './buffered-socket.ts';
import { ClientProcesses } from './client-processes.ts';
import { SERVER_LIMITS } from './server-limits.ts';
import { type LoadEntrance, Session } from './session.ts';
import { sharedBy } from './shared-by.ts';

/** How long a client may take to read what it was sent before the engine closes. */
const CLOSE_MS = 500;
/** Further clients, for short requests: "down" works however many clients follow logs. More are disconnected at once. */
const SPARE_CLIENTS = 32;
/** A client without requests and subscriptions counts as idle after this time. */
const IDLE_MS = 1_000;

/** The server of the local socket. */
export interface SocketServer {
  /** Returns the number of connected clients. */
  readonly clients: () => number;
  /** Returns false if the socket file was removed or replaced, so that no new client can connect. */
  isInPlace(): boolean;
  /** Creates the socket file again; connected clients stay connected. @throws HealerError IO_ERROR or FORBIDDEN */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Serves the local protocol: JSON-RPC, one message per line. The caller holds the lock of the instance, so an existing socket
 * file is a leftover.
 * @param loadEntrance loads what requests of clients that gave up rights pass through; without it, these are refused
 * @throws HealerError IO_ERROR if it cannot listen on the path, FORBIDDEN if the folder belongs to another user
 */
export async function serveSocket(
  path: string,
  engine: ServedEngine,
  loadEntrance: LoadEntrance | null = null,
): Promise<SocketServer> {
  const sockets = new Map<Socket, Session>();
  const processes = new ClientProcesses();
  const { budget } = sharedBy(engine);
  const isCrowded = (): boolean =>
    sockets.size > SERVER_LIMITS.localConnections || !descriptors.hasRoom(0, KEPT_FREE.streams);
  // While no descriptor is free, no connection arrives that could make room for itself.
  const makeRoom = (): void => {
    for (let count = 0; count < SPARE_CLIENTS && isCrowded(); count++) longestIdle(sockets)?.destroy();
  };
  let stopMakingRoom: (() => void) | null = null;
  const onConnection = (socket: Socket): void => {
    if (sockets.size >= SERVER_LIMITS.localConnections + SPARE_CLIENTS) {
      refuse(
        socket,
        `${String(sockets.size)} connections to the engine are open, more than it serves; close some of them`,
      );
      return;
    }
    if (!processes.add(socket)) {
      const open = String(SERVER_LIMITS.localConnectionsPerProcess);
      refuse(socket, `this process has ${open} connections to the engine, more than one may have; close some of them`);
      return;
    }
    const release = budget.add(bufferedSocket(socket, true));
    stopMakingRoom ??= startAlignedTimer(IDLE_MS, makeRoom);
    sockets.set(socket, new Session(engine, socket, loadEntrance, () => !isCrowded()));
    socket.on('close', () => {
      sockets.delete(socket);
      release();
      if (sockets.size > 0) return;
      stopMakingRoom?.();
      stopMakingRoom = null;
    });
    if (isCrowded()) longestIdle(sockets)?.destroy();
  };
  let endpoint = await openEndpoint(path, onConnection);
  return {
    clients: () => sockets.size,
    isInPlace: () => isSame(endpoint.file, statsOf(path)),
    restore: async () => {
      // The old server is closed first, because closing removes the socket file, even a new one.
      endpoint.server.close();
      endpoint = await openEndpoint(path, onConnection);
    },
    close: () =>
      new Promise((resolve) => {
        stopMakingRoom?.();
        endpoint.server.close(() => resolve());
        // Pending responses are sent before the connection closes. A client that does not read must not delay the exit of the engine.
        for (const socket of sockets.keys()) {
          const timer = setTimeout(() => socket.destroy(), CLOSE_MS);
          socket.once('close', () => clearTimeout(timer));
          socket.end(() => socket.destroy());
        }
      }),
  };
}

/** Closes a connection with the reason as an error, so that the client does not take the engine for dead. */
function refuse(socket: Socket, message: string): void {
  socket.on('error', () => socket.destroy());
  const error = failureOf(new HealerError('TOO_MANY_REQUESTS', message));
  socket.end(encodeMessage({ jsonrpc: '2.0', id: null, error }), () => socket.destroy());
}

/** Returns the client that has been idle for the longest time, if any is idle. */
function longestIdle(sockets: ReadonlyMap<Socket, Session>): Socket | undefined {
  const before = performance.now() - IDLE_MS;
  let found: Socket | undefined;
  let since = before;
  for (const [socket, session] of sockets) {
    const { idleSince } = session;
    if (idleSince === null || idleSince > since || socket.destroyed) continue;
    found = socket;
    since = idleSince;
  }
  return found;
}

interface Endpoint {
  readonly server: Server;
  /** Identifies the socket file that this server created. */
  readonly file: Stats;
}

async function openEndpoint(path: string, onConnection: (socket: Socket) => void): Promise<Endpoint> {
  ensurePrivateFolder(dirname(path));
  rmSync(path, { force: true, recursive: true });
  const server = createServer(onConnection);
  await listen(server, path);
  chmodSync(path, 0o600);
  return { server, file: statSync(path) };
}

function isSame(ours: Stats, found: Stats | undefined): boolean {
  return found?.ino === ours.ino && found.dev === ours.dev;
}

/** @throws HealerError FORBIDDEN if the folder belongs to another user, who could replace the socket */
function ensurePrivateFolder(path: string): void {
  ensureFolder(path);
  tighten(path);
  if (lstatSync(path).uid !== process.getuid?.()) {
    throw new HealerError('FORBIDDEN', `"${path}" belongs to another user; set HEALER_HOME to a folder of your own`);
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // The listener is kept, because every connection that cannot be accepted emits an error, for example if no file descriptor is free.
    server.on('error', (cause) => {
      reject(new HealerError('IO_ERROR', `cannot listen on "${path}": ${cause.message}`, { path }, { cause }));
    });
    server.listen(path, resolve);
  });
}
