import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';
import { corpusOf, Mutator } from './corpus.ts';

const MINUTES = Number(process.env['FUZZ_MINUTES'] ?? '1');
const SEED = Number(process.env['FUZZ_SEED'] ?? '1');

/** Requests that end the engine are not random input. */
const ENDS = /shutdown|shutDown|restartMonitor|monitor\/restart/i;

const REQUEST =
  'GET /processes?x=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\nPOST /processes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"definition":{"id"}}';

test(`an engine answers after ${String(MINUTES)} minutes of random bytes on its socket, its HTTP ports and its files`, async () => {
  await using home = new HealerHome();
  home.extraEnv = { HEALER_API_PORT: '0', HEALER_ALIVENESS_PORT: '0' };
  await home.up('web - - -- sleep 100000');
  const pid = await home.enginePid();
  const ports = (await home.ask((api) => api.status({}))).counts['total'] === 1 ? portsOf(await home.ok('status')) : [];
  const frames = new Mutator(
    SEED,
    corpusOf('frames').map((seed) => seed.subarray(1)),
  );
  const requests = new Mutator(SEED, [Buffer.from(REQUEST)]);
  const lists = new Mutator(SEED, corpusOf('process-list'));
  mkdirSync(home.paths.configDir, { recursive: true, mode: 0o700 });
  const endsAt = performance.now() + MINUTES * 60_000;
  let sent = 0;
  while (performance.now() < endsAt) {
    for (let count = 0; count < 50; count++) {
      const bytes = frames.next();
      if (!ENDS.test(bytes.toString('latin1'))) await send(connect(home.paths.socket), bytes);
      for (const port of ports) {
        const request = requests.next();
        if (!ENDS.test(request.toString('latin1'))) await send(connect(port, '127.0.0.1'), request);
      }
      sent += 1;
    }
    writeFileSync(join(home.paths.configDir, 'email_config.txt'), new Mutator(SEED + sent, corpusOf('email')).next());
    writeFileSync(
      home.listFile,
      Buffer.concat([Buffer.from('web - - -- sleep 100000\n'), withoutPrograms(lists.next())]),
    );
    expect((await home.ask((api) => api.status({}))).pid).toBe(pid);
  }
  home.list('web - - -- sleep 100000');
  await waitFor(async () => (await home.row('web')).state === 'running', 'the program to run');
  console.log(`${String(sent)} rounds of random input`);
  await home.down();
});

/** Keeps comments and broken lines: words of a random list must not be executed. */
function withoutPrograms(list: Buffer): Buffer {
  return Buffer.from(list.toString('latin1').replaceAll('\n', '\n# ').replace(/^/, '# '), 'latin1');
}

function portsOf(status: string): readonly number[] {
  return [...status.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
}

/** Sends bytes and reads what comes back until the other side closes, or for a moment. */
function send(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.destroy(), 100);
    socket.on('error', () => undefined).resume();
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.once('connect', () => socket.end(bytes));
  });
}
