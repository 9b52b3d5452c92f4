import { createConnection } from 'node:net';
import { join } from 'node:path';
import { pause } from './pause.mjs';
import { millisecondsBetween } from './reports.mjs';

const PAUSE_MS = 100;

/** Returns the milliseconds from kill -9 of a program until the replacement runs. */
export async function timeRespawn({ reports }, name) {
  const { pid } = reports.latest.get(name);
  const back = reports.next([name]);
  const killedNs = process.hrtime.bigint();
  process.kill(pid, 'SIGKILL');
  const [{ atNs }] = await back;
  await pause(PAUSE_MS);
  return millisecondsBetween(killedNs, atNs);
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
