/**
 * Measures a fleet: a real nats-server, simulated hosts with the code of the real agent, and real engines.
 *
 *   node bench/fleet.mjs [--hosts 1000] [--engines 30] [--quick] [--json] [--at-once]
 *
 * All of it takes about six minutes. The simulated hosts share the cores of this machine. With --at-once they answer commands without the work of an agent, so that the
 * figures are those of the operator's side and the hub.
 */
import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { measureRespawn, measureReturn } from './fleet/faults.mjs';
import { CLI, Healer, listLine } from './support/healer.mjs';
import { pause } from './support/pause.mjs';
import { cpuMilliseconds, memoryMb } from './support/processes.mjs';
import { PtyProgram } from './support/pty-program.mjs';
import { summarize } from './support/statistics.mjs';
import { waitUntil } from './support/wait-until.mjs';
import { Workshop } from './support/workshop.mjs';

const PROCESSES = 4;
const SIZE = { columns: 120, rows: 40 };
/** Simulated hosts share a disk, which real ones do not, and each writes commands to it before they run. */
const IN_MEMORY = '/dev/shm';
/** The host whose engine is compared with one that has not joined. */
const BESIDE = 'beside';
/** Two heartbeats of each host. */
const QUIET_MS = 10_000;

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '1000' },
    engines: { type: 'string', default: '30' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    'at-once': { type: 'boolean', default: false },
  },
});
const hosts = Number(values.hosts);
const engines = Number(values.engines);
const rounds = values.quick ? 2 : 7;
const say = (text) => process.stderr.write(`${text}\n`);

const workshop = new Workshop();
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => void workshop.cleanup.run().then(() => process.exit(130)));
const results = [];
const note = (hostCount, what, value, target = '') => {
  results.push({ hosts: hostCount, what, value, target });
  say(`${String(hostCount).padStart(5)} hosts  ${what}: ${value}${target === '' ? '' : ` (target ${target})`}`);
};

try {
  await main();
  if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
} finally {
  await workshop.cleanup.run();
}

async function main() {
  const hub = new Healer(workshop.newFolder());
  workshop.cleanup.defer(() => hub.down());
  hub.run('fleet', 'init', '--listen', `127.0.0.1:${await freePort()}`, '--name', 'hub');
  const busPid = await waitUntil(
    () => JSON.parse(hub.run('ls', '--json')).find(({ id }) => id === 'fleet-bus')?.pid,
    'the hub',
  );
  const invitations = inviteAll(hub);
  const crowd = await startCrowd(invitations);
  process.env.HEALER_HOME = hub.home;
  const { FleetClient } = await import('healer/fleet');
  const fleet = await FleetClient.connect();
  workshop.cleanup.defer(() => fleet.close());
  for (const count of [10, 100, 1000].filter((each) => each <= hosts)) {
    const startedAt = performance.now();
    await crowd.grow(count);
    await waitUntil(async () => (await live(fleet)) > count, `${count} hosts`);
    note(count, 'all have joined and are live', `${seconds(performance.now() - startedAt)} s`);
    await pause(3_000);
    await measureScreen(hub, crowd, count);
    await measureCommand(fleet, crowd, count);
    await measureHub(hub, busPid, count);
  }
  const { count } = crowd;
  if (engines > 0) await measureEngines(hub, fleet, count);
  await measureReturn({ hub, fleet, count, note });
  const invitation = join(hub.home, 'invitations', BESIDE);
  await measureRespawn({ hub, invitation, workshop, count, note });
}

/** Returns the number of hosts that are live. */
async function live(fleet) {
  return (await fleet.hosts('live')).length;
}

function inviteAll(hub) {
  const file = join(hub.home, 'hosts.txt');
  const folder = join(hub.home, 'invitations');
  const names = [
    ...Array.from(
      { length: hosts },
      (_, index) => `host-${String(index).padStart(4, '0')} role=web rack=r${index % 20}`,
    ),
    ...Array.from({ length: engines }, (_, index) => `real-${String(index).padStart(2, '0')} role=real`),
    BESIDE,
  ];
  writeFileSync(file, names.join('\n'));
  const startedAt = performance.now();
  hub.run('fleet', 'invite', '--file', file, '--out', folder);
  note(names.length, 'invitations of all', `${seconds(performance.now() - startedAt)} s`);
  return folder;
}

/** Starts the processes that simulate hosts. */
async function startCrowd(invitations) {
  const script = join(workshop.newFolder(), 'crowd.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'fleet/crowd.ts')],
    outfile: script,
    ...{ bundle: true, platform: 'node', format: 'esm', logLevel: 'error' },
    banner: {
      js: 'import{createRequire as createRequireForBundle}from"node:module";const require=createRequireForBundle(import.meta.url);',
    },
  });
  const share = Math.ceil(hosts / PROCESSES);
  const parts = Array.from({ length: PROCESSES }, (_, index) => {
    const folder = folderInMemory();
    const child = spawn(
      process.execPath,
      [
        script,
        folder,
        invitations,
        String(index),
        String(PROCESSES),
        String(share),
        values['at-once'] ? 'at-once' : '',
      ],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    workshop.cleanup.defer(() => child.kill('SIGKILL'));
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
  return {
    count: 0,
    pids: parts.map(({ child }) => child.pid),
    async grow(count) {
      this.count = count;
      const wanted = parts.map((_, index) => Math.floor(count / PROCESSES) + (index < count % PROCESSES ? 1 : 0));
      parts.forEach(({ child }, index) => child.stdin.write(`${wanted[index]}\n`));
      for (const { lines } of parts) await lines.next();
    },
  };
}

function folderInMemory() {
  if (!existsSync(IN_MEMORY)) return workshop.newFolder();
  const folder = mkdtempSync(join(IN_MEMORY, 'healer-bench-'));
  workshop.cleanup.defer(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Measures the time to the first full frame, and what the screen uses while nothing happens. */
async function measureScreen(hub, crowd, count) {
  const times = [];
  const used = [];
  for (let round = 0; round < rounds; round++) {
    const screen = openScreen(hub);
    times.push((await screen.wrote(new RegExp(`${count + 1} live`))) - screen.startedAt);
    used.push(cpuMilliseconds(screen.pid));
    await screen.close();
  }
  note(
    count,
    'fleet tui, from its start to the first full frame',
    `${summarize(times).median.toFixed(0)} ms`,
    '500 ms',
  );
  note(count, 'the same: CPU time', `${summarize(used).median.toFixed(0)} ms`);
  const screen = openScreen(hub);
  await screen.wrote(new RegExp(`${count + 1} live`));
  await pause(6_000);
  const before = usageOf(screen);
  const simulated = cpuOf(crowd.pids);
  await pause(QUIET_MS);
  const after = usageOf(screen);
  const ofCrowd = cpuOf(crowd.pids) - simulated;
  const perSecond = (name) => ((after[name] - before[name]) * 1000) / QUIET_MS;
  note(count, 'fleet tui, quiet: read from the hub', `${(perSecond('read') / 1000).toFixed(1)} KB/s`, '60 KB/s');
  note(count, 'fleet tui, quiet: CPU', `${(perSecond('cpu') / 10).toFixed(2)} % of a core`, '1.5 %');
  note(count, 'fleet tui, quiet: written to the terminal', `${(perSecond('bytes') / 1000).toFixed(2)} KB/s`, '2 KB/s');
  note(count, 'the simulated hosts meanwhile: CPU', `${((ofCrowd * 100) / QUIET_MS).toFixed(1)} % of a core`);
  note(count, 'fleet tui: memory', `${memoryMb(screen.pid).pss.toFixed(0)} MB PSS`);
  await screen.close();
}

function cpuOf(pids) {
  return pids.map(cpuMilliseconds).reduce((sum, each) => sum + each, 0);
}

function openScreen(hub) {
  return new PtyProgram([process.execPath, CLI, 'fleet', 'tui'], {
    ...SIZE,
    env: { ...hub.environment, TERM: 'xterm-256color' },
  });
}

function usageOf({ pid, bytes }) {
  const read = Number(/^rchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1]);
  return { read, bytes, cpu: cpuMilliseconds(pid) };
}

async function measureCommand(fleet, crowd, count) {
  const all = [];
  const whole = [];
  const simulated = cpuOf(crowd.pids);
  const own = process.cpuUsage();
  for (let round = 0; round < rounds; round++) {
    const plan = await fleet.plan('restart', ['web'], 'role=web live');
    const sentAt = performance.now();
    if (plan.matched.length !== count) throw new Error(`${plan.matched.length} hosts match instead of ${count}`);
    const { outcomes } = await fleet.operate('restart', ['web'], 'role=web live');
    const failed = outcomes.find(({ outcome }) => outcome !== 'ok');
    if (failed !== undefined) throw new Error(`${failed.host}: ${failed.message}`);
    // The first round compiles the code.
    if (round > 0 || rounds === 1) all.push(...outcomes.map(({ tookMs }) => tookMs));
    if (round > 0 || rounds === 1) whole.push(performance.now() - sentAt);
  }
  const sorted = all.sort((one, other) => one - other);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  note(count, 'a command to all hosts: p50', `${at(0.5)} ms`, '60 ms');
  note(count, 'a command to all hosts: p99', `${at(0.99)} ms`, '150 ms');
  const { user, system } = process.cpuUsage(own);
  const perRound = (ms) => `${(ms / rounds).toFixed(0)} ms`;
  note(count, 'the same: CPU time of the operator, which also reads the hosts twice', perRound((user + system) / 1000));
  note(count, 'the same: CPU time of the simulated hosts', perRound(cpuOf(crowd.pids) - simulated));
  note(count, 'a command to all hosts, with reading the hosts first', `${summarize(whole).median.toFixed(0)} ms`);
}

async function measureHub(hub, busPid, count) {
  const keeper = agentPid(hub);
  const before = [busPid, keeper].map(cpuMilliseconds);
  await pause(QUIET_MS);
  const percent = [busPid, keeper].map((pid, index) => ((cpuMilliseconds(pid) - before[index]) * 100) / QUIET_MS);
  note(count, 'nats-server: memory', `${memoryMb(busPid).rss.toFixed(0)} MB RSS`, '80 MB');
  note(count, 'nats-server: CPU', `${percent[0].toFixed(2)} % of a core`, '5 %');
  note(count, 'the agent of the hub: memory', `${memoryMb(keeper).pss.toFixed(1)} MB PSS`);
  note(count, 'the agent of the hub: CPU', `${percent[1].toFixed(2)} % of a core`);
}

async function measureEngines(hub, fleet, count) {
  const homes = [];
  for (let index = 0; index < engines; index++) {
    const healer = new Healer(workshop.newFolder());
    workshop.cleanup.defer(() => healer.down());
    const list = join(healer.home, 'list.txt');
    writeFileSync(list, listLine('web', ['sleep', '1000000']) + listLine('db', ['sleep', '1000000']));
    await healer.up(list);
    healer.run('fleet', 'join', '--file', join(hub.home, 'invitations', `real-${String(index).padStart(2, '0')}`));
    homes.push(healer);
  }
  await waitUntil(async () => (await fleet.hosts('role=real live')).length === engines, 'the real engines');
  await pause(15_000);
  const pids = homes.map(agentPid);
  const before = pids.map(cpuMilliseconds);
  const lasts = 20_000;
  await pause(lasts);
  const cpu = pids.map((pid, index) => ((cpuMilliseconds(pid) - before[index]) * 100) / lasts);
  const pss = pids.map((pid) => memoryMb(pid).pss);
  const rss = pids.map((pid) => memoryMb(pid).rss);
  const all = count + engines;
  note(
    all,
    `the agents of ${engines} real engines: memory`,
    `${summarize(pss).median.toFixed(1)} MB PSS, ${summarize(rss).median.toFixed(1)} MB RSS`,
    '20 MB PSS',
  );
  note(all, `the agents of ${engines} real engines: CPU`, `${summarize(cpu).median.toFixed(2)} % of a core`, '0.3 %');
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const { outcomes } = await fleet.operate('restart', ['web'], 'role=real');
    const failed = outcomes.find(({ outcome }) => outcome !== 'ok');
    if (failed !== undefined) throw new Error(`${failed.host}: ${failed.message}`);
    times.push(...outcomes.map(({ tookMs }) => tookMs));
  }
  note(
    all,
    `a restart on ${engines} real engines`,
    `${summarize(times).median.toFixed(0)} ms, at most ${summarize(times).max} ms`,
  );
}

function agentPid({ home }) {
  return JSON.parse(readFileSync(join(home, 'state/default/fleet/agent.lock'), 'utf8')).pid;
}

function seconds(ms) {
  return (ms / 1000).toFixed(1);
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
