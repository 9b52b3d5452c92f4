// Counts how requests end while the server behind them crashes, is restarted and reloaded, and the engine is killed:
//
//     node bench/sockets.mjs [REQUESTS_PER_SECOND]
//
// A server in Node.js, Python and C each gets its socket from healer. No request may be refused or reset, except those that a
// crashing server had already accepted, which are counted separately. Exits with 1 otherwise.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pause } from './support/pause.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FIXTURES = join(ROOT, 'test/fixtures/programs');
const RATE = Number(process.argv[2] ?? 2000);
const REST_MS = 1500;

/** The client runs in a process of its own, so that neither the engine nor the commands delay it. */
const CLIENT = `
const net = require('node:net');
const [port, rate] = process.argv.slice(1).map(Number);
const counts = { answered: 0, refused: 0, reset: 0, closed: 0, slow: 0 };
let open = 0, due = 0, last = performance.now(), over = false;
const send = () => {
  open++;
  let text = '';
  let ended = false;
  const end = (kind) => { if (ended) return; ended = true; open--; counts[kind]++; };
  const socket = net.connect({ port, host: '127.0.0.1' });
  socket.setTimeout(20000, () => { end('slow'); socket.destroy(); });
  socket.on('connect', () => socket.write('GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n'));
  socket.on('data', (data) => { text += data; });
  socket.on('end', () => { end(text.startsWith('HTTP/1.1 200') ? 'answered' : 'closed'); socket.destroy(); });
  socket.on('error', ({ code }) => end(code === 'ECONNREFUSED' ? 'refused' : 'reset'));
};
const timer = setInterval(() => {
  const now = performance.now();
  due += ((now - last) / 1000) * rate;
  last = now;
  for (; due >= 1 && open < 20000; due--) send();
}, 5);
const report = () => process.send({ ...counts, open });
process.on('message', (word) => {
  if (word === 'report') return report();
  clearInterval(timer);
  const wait = setInterval(() => { if (open === 0) { clearInterval(wait); report(); process.disconnect(); } }, 20);
});
`;

function healer(home, ...args) {
  const env = { ...process.env, HEALER_HOME: home, HEALER_API_PORT: 'off', HEALER_ALIVENESS_PORT: 'off' };
  return execFileSync(process.execPath, [join(ROOT, 'dist/cli.js'), ...args], { env, encoding: 'utf8', cwd: home });
}

const pidOf = (home) => JSON.parse(healer(home, 'ls', '--json')).find(({ id }) => id === 'web').pid;
const enginePid = (home) => JSON.parse(healer(home, 'status', '--json')).pid;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function ask(client, word) {
  return new Promise((resolve) => {
    client.once('message', resolve);
    client.send(word);
  });
}

const STEPS = {
  restart: (home) => healer(home, 'restart', 'web'),
  reload: (home) => healer(home, 'reload', 'web'),
  crash: (home) => process.kill(pidOf(home), 'SIGKILL'),
  'kill of the engine': (home) => process.kill(enginePid(home), 'SIGKILL'),
  'next engine': (home) => healer(home, 'up', '-f', join(home, 'healer.yaml')),
  'reload that fails': (home) => {
    writeFileSync(join(home, 'broken'), '');
    try {
      healer(home, 'reload', 'web');
    } catch {
      rmSync(join(home, 'broken'));
      return;
    }
    throw new Error('a version that never gets ready was taken');
  },
};

async function measure(language, command) {
  const home = mkdtempSync(join(tmpdir(), 'healer-sockets-'));
  const port = await freePort();
  const script = join(home, 'server.sh');
  const line = command.map((word) => `'${word}'`).join(' ');
  writeFileSync(script, `[ -e '${home}/broken' ] && exec sleep 1000\nexec ${line}\n`);
  const web = {
    ...{ command: 'sh', args: [script], sockets: [{ listen: `127.0.0.1:${port}`, backlog: 65_535 }] },
    ...{ ready: { log: 'listening', timeoutMs: 3000 }, reload: { strategy: 'overlap' } },
    restart: { policy: 'always', backoffMs: [0], cooldown: { restarts: 100 } },
  };
  writeFileSync(join(home, 'healer.yaml'), JSON.stringify({ processes: { web } }));
  healer(home, 'up', '-f', join(home, 'healer.yaml'));
  healer(home, 'wait', 'web');
  const client = spawn(process.execPath, ['-e', CLIENT, String(port), String(RATE)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let isOk = true;
  let before = { answered: 0, refused: 0, reset: 0, closed: 0, slow: 0 };
  try {
    await pause(REST_MS);
    for (const [name, step] of Object.entries(STEPS)) {
      step(home);
      await pause(REST_MS);
      if (name !== 'kill of the engine') healer(home, 'wait', 'web', '--timeout', '20s');
      const now = await ask(client, 'report');
      const gained = Object.fromEntries(Object.keys(before).map((key) => [key, now[key] - before[key]]));
      before = now;
      const lost = gained.refused + gained.slow + (name === 'crash' ? 0 : gained.reset + gained.closed);
      isOk &&= lost === 0;
      console.log(`${language.padEnd(8)} ${name.padEnd(20)} ${JSON.stringify(gained)} ${lost === 0 ? 'ok' : 'LOST'}`);
    }
    const last = await ask(client, 'end');
    console.log(`${language.padEnd(8)} ${'all'.padEnd(20)} ${JSON.stringify(last)}`);
  } finally {
    client.kill();
    healer(home, 'down');
    rmSync(home, { recursive: true, force: true });
  }
  return isOk;
}

const binary = join(mkdtempSync(join(tmpdir(), 'healer-server-')), 'server');
execFileSync('gcc', ['-O2', '-o', binary, join(FIXTURES, 'socket_server.c')]);
const servers = {
  'Node.js': [process.execPath, join(FIXTURES, 'socket-server.mjs')],
  Python: ['python3', join(FIXTURES, 'socket_server.py')],
  C: [binary],
};
let isOk = true;
for (const [language, command] of Object.entries(servers)) isOk = (await measure(language, command)) && isOk;
process.exitCode = isOk ? 0 : 1;
