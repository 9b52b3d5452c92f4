import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { isLoopback, normalizeAddress } from '../../../base/host-pattern.ts';

/** The kernel reports the owner only while a connection is established; a closed one belongs to root. */
const ESTABLISHED = '01';
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/**
 * Returns whether the other end of a loopback connection belongs to the engine's own user or root, because every user of
 * the machine can connect to loopback. Returns null for other machines, and where the system does not provide the owner.
 */
export async function isOwnPeer(socket: Socket): Promise<boolean | null> {
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket;
  if (!isLoopback(remoteAddress)) return null;
  const tables = (await Promise.all(TABLES.map(readTable))).filter((table) => table !== null);
  if (tables.length === 0) return null;
  // The entry of the other end lists its own address first.
  const ends = endsOf(remoteAddress, remotePort).flatMap((own) =>
    endsOf(localAddress, localPort).map((other) => `${own} ${other} ${ESTABLISHED} `),
  );
  const line = tables.flatMap((table) => ends.map((end) => lineWith(table, end))).find((found) => found !== null);
  const uid = line === undefined ? null : Number(line.split(/\s+/)[UID_FIELD]);
  return uid !== null && (uid === 0 || uid === process.geteuid?.());
}

/** The fields after `local remote state` are: queues, timer, retransmissions, user. */
const UID_FIELD = 3;

let nextReading: Promise<(string | null)[]> | null = null;

async function readTable(path: string): Promise<string | null> {
  const index = TABLES.indexOf(path);
  // Calls in the same turn of the event loop share one reading, which starts after all of them have connected.
  nextReading ??= new Promise((resolve) => {
    setImmediate(() => {
      nextReading = null;
      resolve(Promise.all(TABLES.map((table) => readFile(table, 'latin1').catch(() => null))));
    });
  });
  return (await nextReading)[index] ?? null;
}

function lineWith(table: string, end: string): string | null {
  const at = table.indexOf(end);
  if (at === -1) return null;
  return table.slice(at + end.length, table.indexOf('\n', at)).trimStart();
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
