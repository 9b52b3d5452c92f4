import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { isLoopback, normalizeAddress } from '../../../base/host-pattern.ts';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** Who owns the other end of a connection. */
export interface PeerUser {
  /** Whether it is the engine's own user or root; null for other machines, and if it is unknown. */
  readonly isOwn: boolean | null;
  readonly userId: number | null;
}

const UNKNOWN: PeerUser = { isOwn: null, userId: null };
/** The owner of a closed connection: never trusted. */
const UNTRUSTED: PeerUser = { isOwn: false, userId: null };

/**
 * Returns the user at the other end of a loopback connection, because every user of the machine can connect to loopback. The
 * user of other machines is unknown, and that of all connections where the system does not provide it.
 */
export async function peerUserOf(socket: Socket): Promise<PeerUser> {
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket;
  if (!isLoopback(remoteAddress)) return UNKNOWN;
  const owners = await readOwners();
  if (owners === null) return UNKNOWN;
  // A client that has closed its connection may have left its port to a process of another user in the meantime.
  if (await isClosed(socket)) return UNTRUSTED;
  // The entry of the other end lists its own address first.
  const ends = endsOf(remoteAddress, remotePort).flatMap((own) =>
    endsOf(localAddress, localPort).map((other) => `${own} ${other}`),
  );
  const userId = ends.map((pair) => owners.get(pair)).find((found) => found !== undefined) ?? null;
  return { isOwn: userId !== null && (userId === 0 || userId === process.geteuid?.()), userId };
}

/** Resolves after a turn of the event loop, in which the end of a connection before the reading is noticed. */
async function isClosed(socket: Socket): Promise<boolean> {
  await new Promise((resolve) => setImmediate(resolve));
  return socket.destroyed || socket.readableEnded;
}

/** Reading the tables takes long while there are thousands of connections: it may use a fifth of the time. */
const PAUSE_FACTOR = 4;
const MAX_PAUSE_MS = 100;

/** The users of connections by `own address, other address`; null where the system does not provide them. */
type Owners = ReadonlyMap<string, number> | null;

let reading: Promise<Owners> = Promise.resolve(null);
let nextReading: Promise<Owners> | null = null;
let earliestMs = 0;

/** Calls that wait for the same reading share it. It starts after all of them have connected, and after the previous one. */
function readOwners(): Promise<Owners> {
  nextReading ??= startReading();
  return nextReading;
}

async function startReading(): Promise<Owners> {
  await reading;
  const pauseMs = earliestMs - performance.now();
  await new Promise((resolve) => (pauseMs > 0 ? setTimeout(resolve, pauseMs) : setImmediate(resolve)));
  nextReading = null;
  reading = readTables();
  return reading;
}

async function readTables(): Promise<Owners> {
  const tables = await Promise.all(TABLES.map((table) => readFile(table, 'latin1').catch(() => null)));
  const beganMs = performance.now();
  const owners = ownersIn(tables.filter((table) => table !== null));
  const endedMs = performance.now();
  earliestMs = endedMs + Math.min(MAX_PAUSE_MS, (endedMs - beganMs) * PAUSE_FACTOR);
  return owners;
}

/**
 * The kernel reports the owner only while a connection is established; a closed one belongs to root. The fields are
 * `number: own other state queues timer retransmissions user`.
 */
const ENTRY = /: ([0-9A-F]+:[0-9A-F]+ [0-9A-F]+:[0-9A-F]+) 01 \S+ \S+ \S+ +(\d+) /g;

function ownersIn(tables: readonly string[]): Owners {
  if (tables.length === 0) return null;
  const entries = tables.flatMap((table) => [...table.matchAll(ENTRY)]);
  return new Map(entries.map(([, ends = '', user]) => [ends, Number(user)]));
}

/** Formats an address as the tables do: hexadecimal words in host byte order. Either table may contain an IPv4 address. */
function endsOf(address: string, port: number): readonly string[] {
  const end = port.toString(16).toUpperCase().padStart(4, '0');
  const bare = normalizeAddress(address);
  if (bare === '::1') return [`${'0'.repeat(24)}01000000:${end}`];
  const bytes = bare.split('.').map((part) => Number(part).toString(16).toUpperCase().padStart(2, '0'));
  const word = bytes.toReversed().join('');
  return [`${word}:${end}`, `${'0'.repeat(16)}FFFF0000${word}:${end}`];
}
