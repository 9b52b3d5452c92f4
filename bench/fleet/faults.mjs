/** Measures what the death of the hub of a fleet costs: its hosts and commands come back, and healing continues. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Healer, listLine } from '../support/healer.mjs';
import { pause } from '../support/pause.mjs';
import { lastOf, millisecondsBetween, Reports } from '../support/reports.mjs';
import { summarize } from '../support/statistics.mjs';
import { waitUntil } from '../support/wait-until.mjs';

const BACK = '20 s';
const KILLS = 30;
const SETTLE_MS = 3_000;
const PAUSE_MS = 100;
/** So that the agent has noticed that the hub is away. */
const AWAY_MS = 25_000;

/**
 * Kills the server, and measures until it has a new row of every host and every host performs a command; then the same after
 * its store was wiped.
 */
export async function measureReturn({ hub, fleet, count, note }) {
  const pid = JSON.parse(hub.run('ls', '--json')).find(({ id }) => id === 'fleet-bus')?.pid;
  process.kill(pid, 'SIGKILL');
  await report('after kill -9 of nats-server');
  hub.run('stop', 'fleet-bus');
  const folder = join(hub.home, 'state/default/fleet/hub');
  for (const each of ['store', 'accounts']) rmSync(join(folder, each), { recursive: true, force: true });
  hub.run('start', 'fleet-bus');
  await report('after its store was wiped');

  async function report(what) {
    const startedAt = performance.now();
    const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
    await waitUntilBack(fleet, count);
    note(count, `${what}, all hosts are back`, seconds(), BACK);
    await waitUntilAnswered(fleet, count);
    note(count, `${what}, all hosts perform a command`, seconds(), BACK);
  }
}

/** A row that repeats the last one is no change of a host. */
async function waitUntilBack(fleet, count) {
  const since = Date.now();
  const isBack = ({ row }) => row !== null && row.at > since;
  await waitUntil(
    async () => {
      // While the hub is away, its hosts cannot be read.
      const known = await fleet.hosts('role=web').catch(() => []);
      return known.filter(isBack).length === count;
    },
    'all hosts to be back',
    { everyMs: 250, timeoutMs: 120_000 },
  );
}

async function waitUntilAnswered(fleet, count) {
  await waitUntil(
    async () => {
      const { counts } = await fleet.operate('restart', ['web'], 'role=web').catch(() => ({ counts: {} }));
      return counts.ok === count;
    },
    'all hosts to perform a command',
    { everyMs: 250, timeoutMs: 120_000 },
  );
}

/**
 * Kills programs of an engine that has joined and of one that has not, in turns: first while the hub is there, then while it is
 * away.
 */
export async function measureRespawn({ hub, invitation, workshop, count, note }) {
  if (!workshop.hasCompiler) return;
  const joined = await startPrograms(workshop);
  const alone = await startPrograms(workshop);
  joined.healer.run('fleet', 'join', '--file', invitation);
  await pause(SETTLE_MS);
  await compare('with the hub', 0);
  hub.run('stop', 'fleet-bus');
  await pause(AWAY_MS);
  await compare('without the hub', KILLS);
  hub.run('start', 'fleet-bus');

  async function compare(when, first) {
    const times = { joined: [], alone: [] };
    for (let kill = first; kill < first + KILLS; kill++) {
      // The other one begins each time.
      const turns = [
        ['joined', joined],
        ['alone', alone],
      ];
      for (const [name, engine] of kill % 2 === 0 ? turns : turns.reverse()) {
        times[name].push(await respawnMs(engine, engine.names[kill]));
        await pause(PAUSE_MS);
      }
    }
    const [one, other] = [summarize(times.joined).median, summarize(times.alone).median];
    const text = `${one.toFixed(2)} ms joined, ${other.toFixed(2)} ms not joined, ratio ${(one / other).toFixed(2)}`;
    note(count, `respawn of ${KILLS} killed programs ${when}`, text, '1.00');
  }
}

/** No program is killed twice, because only its first restart is immediate. */
async function startPrograms(workshop) {
  const folder = workshop.newFolder();
  const program = workshop.compiled('idle-program');
  const names = Array.from({ length: 2 * KILLS }, (_, index) => `p${index}`);
  const reports = new Reports(join(folder, 'reports'));
  const started = reports.next(names);
  const list = join(folder, 'list.txt');
  writeFileSync(list, names.map((name) => listLine(name, [program, reports.path, name])).join(''));
  const healer = new Healer(folder);
  workshop.cleanup.defer(async () => {
    await healer.down([...reports.latest.values()].map(({ pid }) => pid));
    reports.close();
  });
  await healer.up(list);
  await started;
  return { healer, names, reports };
}

async function respawnMs({ reports }, name) {
  const { pid } = reports.latest.get(name);
  const back = reports.next([name]);
  const killedNs = process.hrtime.bigint();
  process.kill(pid, 'SIGKILL');
  return millisecondsBetween(killedNs, lastOf(await back));
}
