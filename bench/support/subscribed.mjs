import { createConnection } from 'node:net';
import { join } from 'node:path';
import { pause } from './pause.mjs';
import { isAlive, killQuietly } from './processes.mjs';
import { millisecondsBetween } from './reports.mjs';

const PAUSE_MS = 100;

/**
 * Returns the milliseconds from kill -9 of each of these programs until its replacement runs, one program after the other.
 * A program that was replaced for another reason is omitted: its next restart would not be immediate.
 */
export async function timeRespawns({ reports }, names) {
  const times = [];
  for (const name of names) {
    const { pid } = reports.latest.get(name);
    if (!isAlive(pid)) continue;
    const back = reports.next([name]);
    const killedNs = process.hrtime.bigint();
    killQuietly(pid);
    const [{ atNs }] = await back;
    times.push(millisecondsBetween(killedNs, atNs));
    await pause(PAUSE_MS);
  }
  return times;
}

/** Opens connections that receive all changes and events, and discard them. */
export async function subscribe({ home }, count) {
  const connections = Array.from({ length: count }, () => createConnection(join(home, 'run/default.sock')));
  for (const connection of connections) {
    await new Promise((resolve, reject) => connection.once('connect', resolve).once('error', reject));
    const ask = (id, method, params) => connection.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    ask(1, 'hello', { protocol: 1, client: 'bench' });
    ask(2, 'subscribeSnapshot', { intervalMs: 1000 });
    ask(3, 'subscribeEvents', {});
    connection.resume();
  }
  return connections;
}
