/**
 * Measures how fast a crashed program runs again while clients are greedy: streams that are never read, many idle
 * subscribers, and connections that never finish their header. Every figure should be within twice the quiet one.
 *
 *   node bench/greedy-clients.mjs [--programs 100] [--kills 40] [--dist dist]
 */
import { fork } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const SELF = fileURLToPath(import.meta.url);
const PAUSE_MS = 150;
const SETTLE_MS = 5_000;

/** What a separate process does, so that its own work does not delay the measurement. */
const GREEDY = {
  streams: ({ port, count, path }) => {
    for (let index = 0; index < count; index++) {
      const sent = get({ port, host: '127.0.0.1', path, agent: false }, (response) => response.pause());
      sent.on('error', () => undefined);
    }
  },
  subscribers: ({ socket, count }) => {
    for (let index = 0; index < count; index++) {
      const wire = connect(socket)
        .on('error', () => undefined)
        .resume();
      const ask = (id, method, params) => wire.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
      ask(1, 'hello', { protocol: 1, client: 'bench' });
      ask(2, 'subscribeSnapshot', { intervalMs: 1000 });
      ask(3, 'subscribeEvents', {});
    }
  },
  halves: ({ ports, count }) => {
    const open = (port) => {
      const wire = connect(port, '127.0.0.1', () => wire.write('GET /status HTTP/1.1\r\nHost: lo'));
      wire.on('error', () => undefined).resume();
      wire.once('close', () => setTimeout(open, 1, port));
    };
    for (const port of ports) for (let index = 0; index < count; index++) open(port);
  },
};

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '100' },
    kills: { type: 'string', default: '40' },
    dist: { type: 'string', default: 'dist' },
    greedy: { type: 'string' },
    plan: { type: 'string' },
  },
});

if (values.greedy !== undefined) {
  GREEDY[values.greedy](JSON.parse(values.plan));
  process.on('disconnect', () => process.exit());
} else await measure();

async function measure() {
  const home = mkdtempSync(join(tmpdir(), 'healer-greedy-'));
  const pids = join(home, 'pids');
  mkdirSync(pids);
  const [api, aliveness] = [await freePort(), await freePort()];
  const cli = resolve(values.dist, 'cli.js');
  const env = {
    ...process.env,
    HEALER_HOME: home,
    HEALER_API_PORT: String(api),
    HEALER_ALIVENESS_PORT: String(aliveness),
  };
  const healer = (...args) => execFileSync(process.execPath, [cli, ...args], { env, encoding: 'utf8' });
  const names = Array.from({ length: Number(values.programs) }, (_, index) => `p${index}`);
  const script = join(home, 'run.sh');
  writeFileSync(script, 'echo $$ > "$1.new"; mv "$1.new" "$1"; exec sleep 100000\n');
  const programs = names.map((name) => [
    name,
    {
      command: '/bin/sh',
      args: [script, join(pids, name)],
      restart: { cooldown: { restarts: 1000 }, backoffMs: [0] },
    },
  ]);
  writeFileSync(join(home, 'healer.yaml'), JSON.stringify({ processes: Object.fromEntries(programs) }));
  try {
    healer('up', '-f', join(home, 'healer.yaml'));
    await pause(SETTLE_MS);
    await servesAt(aliveness);
    const socket = join(home, 'run', 'default.sock');
    const run = (title, ...greedy) => play({ title, greedy, names, pids, healer });
    await run('quiet');
    await run('1,500 unread streams of the table', [
      'streams',
      { port: api, count: 1500, path: '/snapshot?intervalMs=100' },
    ]);
    await run('1,500 unread streams of events', ['streams', { port: api, count: 1500, path: '/events' }]);
    await run('200 local subscribers', ['subscribers', { socket, count: 200 }]);
    await run('2,500 half-open connections', ['halves', { ports: [api, aliveness], count: 1250 }]);
    await run('quiet again');
  } finally {
    healer('down');
    rmSync(home, { recursive: true, force: true });
  }
}

async function play({ title, greedy, names, pids, healer }) {
  const children = greedy.map(([kind, plan]) => fork(SELF, ['--greedy', kind, '--plan', JSON.stringify(plan)]));
  if (children.length > 0) await pause(SETTLE_MS);
  const began = JSON.parse(healer('status', '--json'));
  const times = [];
  for (let kill = 0; kill < Number(values.kills); kill++) {
    times.push(await timeRespawn(join(pids), names[kill % names.length]));
    await pause(PAUSE_MS);
  }
  const { load } = JSON.parse(healer('status', '--json'));
  for (const child of children) child.kill();
  times.sort((a, b) => a - b);
  const at = (part) => times[Math.floor((times.length - 1) * part)].toFixed(1).padStart(7);
  process.stdout.write(
    `${title.padEnd(36)} median ${at(0.5)} ms, 90 % ${at(0.9)} ms, longest ${at(1)} ms; engine ${load.cpuPercent} % CPU, ${load.memoryMb} MB, ` +
      `${began.load.clients} clients, ${load.unsentMb ?? '?'} MB unsent\n`,
  );
  await pause(children.length > 0 ? SETTLE_MS : 0);
}

/** Returns the ms from the kill until the replacement has written its pid. */
function timeRespawn(folder, name) {
  const pid = Number(readFileSync(join(folder, name), 'utf8'));
  return new Promise((done) => {
    const watcher = watch(folder, (_kind, file) => {
      if (file !== name || Number(readFileSync(join(folder, name), 'utf8')) === pid) return;
      watcher.close();
      done(performance.now() - killedMs);
    });
    const killedMs = performance.now();
    process.kill(pid, 'SIGKILL');
  });
}

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

async function servesAt(port) {
  for (;;) {
    const isServing = await new Promise((done) => {
      connect(port, '127.0.0.1')
        .once('connect', () => done(true))
        .once('error', () => done(false));
    });
    if (isServing) return;
    await pause(100);
  }
}

function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
