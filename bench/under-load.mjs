import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Healer, listLine } from './support/healer.mjs';
import { pause } from './support/pause.mjs';
import { cpuMilliseconds } from './support/processes.mjs';
import { Reports } from './support/reports.mjs';
import { subscribe, timeRespawns } from './support/subscribed.mjs';
import { Tally } from './support/tally.mjs';

const PLANS = {
  quick: { idle: 4, kills: 2, flooding: 2, clients: 3, steady: 5, perSecond: 100, seconds: 2, settleMs: 500 },
  normal: {
    idle: 42,
    kills: 20,
    flooding: 8,
    clients: 50,
    steady: 100,
    perSecond: 1_000,
    seconds: 10,
    settleMs: 3_000,
  },
};
PLANS.large = PLANS.normal;

const QUIET = 'quiet';
const NANOSECONDS_PER_MS = 1e6;

/** Measures respawns while programs write as fast as they can and clients watch, and what steady output of many programs costs. */
export const underLoad = {
  name: 'under-load',
  title: 'Under load: respawn beside programs that log at full speed, and many programs that log steadily',
  async run({ size, workshop, progress }) {
    if (!workshop.hasCompiler)
      return { groups: [], checks: [], skipped: ['under-load: the writer needs gcc, which is not installed'] };
    const plan = PLANS[size];
    progress('respawn');
    const respawn = await measureRespawn(workshop, plan);
    progress('steady output');
    return { groups: [respawn, ...(await measureSteady(workshop, plan))], checks: [], skipped: [] };
  },
};

/** Starts programs under one healer. `commands` maps their names to the words of their commands. */
async function launch(workshop, commandsOf) {
  const folder = workshop.newFolder();
  const reports = new Reports(join(folder, 'reports'));
  const commands = Object.entries(commandsOf(reports.path));
  const list = join(folder, 'process_list.txt');
  writeFileSync(list, commands.map(([name, command]) => listLine(name, command)).join(''));
  const healer = new Healer(folder);
  const stop = workshop.cleanup.defer(async () => {
    await healer.down([...reports.latest.values()].map(({ pid }) => pid));
    reports.close();
    workshop.discard(folder);
  });
  const arrived = reports.next(commands.map(([name]) => name));
  await healer.up(list);
  await arrived;
  return { healer, reports, stop };
}

function namesOf(prefix, count) {
  return Array.from({ length: count }, (_, number) => `${prefix}${number}`);
}

async function measureRespawn(workshop, { idle, kills, flooding, clients, settleMs }) {
  const idleNames = namesOf('p', idle);
  const floods = namesOf('w', flooding);
  const launched = await launch(workshop, (path) => ({
    ...Object.fromEntries(idleNames.map((name) => [name, [workshop.compiled('idle-program'), path, name]])),
    ...Object.fromEntries(floods.map((name) => [name, [workshop.compiled('steady-writer'), path, name, '0']])),
  }));
  const tally = new Tally(`one of ${idle} killed`, 'ms', [QUIET]);
  const loaded = `${flooding} programs at full speed, ${clients} clients`;
  const pids = floods.map((name) => launched.reports.latest.get(name).pid);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  const timeAll = async (row, names) => {
    await pause(settleMs);
    tally.add(row, ...(await timeRespawns(launched, names)));
  };
  await timeAll(QUIET, idleNames.slice(0, kills));
  for (const pid of pids) process.kill(pid, 'SIGCONT');
  const connections = await subscribe(launched.healer, clients);
  await timeAll(loaded, idleNames.slice(kills, 2 * kills));
  for (const connection of connections) connection.destroy();
  await launched.stop();
  return tally.result();
}

async function measureSteady(workshop, { steady, perSecond, seconds, settleMs }) {
  const names = namesOf('s', steady);
  const writer = workshop.compiled('steady-writer');
  const { healer, reports, stop } = await launch(workshop, (path) =>
    Object.fromEntries(names.map((name) => [name, [writer, path, name, String(perSecond)]])),
  );
  const what = `${steady} programs at ${perSecond} lines per second`;
  const cpu = new Tally(`CPU with ${what}, each second for ${seconds} s`, '% of one core');
  const longest = new Tally(`the longest write of each of ${what}`, 'ms');
  const askAll = async () => {
    const answers = reports.next(names.map((name) => `${name}:longest`));
    for (const name of names) process.kill(reports.latest.get(name).pid, 'SIGUSR1');
    return (await answers).map(({ atNs }) => Number(atNs) / NANOSECONDS_PER_MS);
  };
  await pause(settleMs);
  await askAll();
  const managers = { engine: healer.enginePid, 'log collector': healer.collectorPid };
  let before = readAll(managers);
  for (let second = 0; second < seconds; second++) {
    await pause(1_000);
    const now = readAll(managers);
    for (const [row, { cpuMs, at }] of Object.entries(now))
      cpu.add(row, (100 * (cpuMs - before[row].cpuMs)) / (at - before[row].at));
    before = now;
  }
  longest.add('write(2)', ...(await askAll()));
  await stop();
  return [cpu.result(), longest.result()];
}

function readAll(managers) {
  const entries = Object.entries(managers).filter(([, pid]) => pid !== null);
  return Object.fromEntries(entries.map(([row, pid]) => [row, { cpuMs: cpuMilliseconds(pid), at: performance.now() }]));
}
