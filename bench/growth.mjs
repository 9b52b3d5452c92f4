import { timeCommand } from './support/commands.mjs';
import { createContenders, HEALER } from './support/contenders.mjs';
import { CLI } from './support/healer.mjs';
import { pause } from './support/pause.mjs';
import { cpuMilliseconds, memoryMb } from './support/processes.mjs';
import { lastOf, millisecondsBetween } from './support/reports.mjs';
import { Tally } from './support/tally.mjs';

const PLANS = {
  quick: { counts: [1, 3], rounds: 1, settleMs: 500, seconds: 1, commands: 1 },
  normal: { counts: [1, 10, 100, 300, 1000], rounds: 3, settleMs: 4_000, seconds: 10, commands: 5 },
  large: { counts: [1, 10, 100, 300, 1000, 3000], rounds: 3, settleMs: 4_000, seconds: 10, commands: 5 },
};

/** Measures how the cost of healer grows with the number of its programs, which do nothing. */
export const growth = {
  name: 'growth',
  title: 'Growth: what more programs cost',
  async run({ size, workshop, progress }) {
    const { counts, rounds, ...plan } = PLANS[size];
    const fewest = [rowOf(Math.min(...counts))];
    const tallies = {
      first: new Tally('healer up, until the first program runs', 'ms', fewest),
      up: new Tally('healer up, until the last program runs', 'ms', fewest),
      restart: new Tally('healer restart all, until the last program runs', 'ms', fewest),
      down: new Tally('healer down', 'ms', fewest),
      ls: new Tally('healer ls', 'ms', fewest),
      cpu: new Tally(`CPU of the engine, for ${plan.seconds} s`, '% of one core', fewest),
      memory: new Tally('memory of the engine (RSS)', 'MB', fewest),
    };
    const healer = createContenders(workshop).contenders.find(({ name }) => name === HEALER);
    for (let round = 1; round <= rounds; round++) {
      for (const count of counts) {
        progress(`${count} programs, round ${round} of ${rounds}`);
        await playRound(await healer.launch(count), rowOf(count), plan, tallies);
      }
    }
    return { groups: Object.values(tallies).map((tally) => tally.result()), checks: [], skipped: [] };
  },
};

function rowOf(count) {
  return `${count} ${count === 1 ? 'program' : 'programs'}`;
}

async function playRound({ names, reports, beganNs, started, healer, stop }, row, plan, tallies) {
  const firstNs = started.reduce((first, { atNs }) => (atNs < first ? atNs : first), started[0].atNs);
  tallies.first.add(row, millisecondsBetween(beganNs, firstNs));
  tallies.up.add(row, millisecondsBetween(beganNs, lastOf(started)));
  await pause(plan.settleMs);
  const [cpuMs, at] = [cpuMilliseconds(healer.enginePid), performance.now()];
  await pause(plan.seconds * 1_000);
  tallies.cpu.add(row, (100 * (cpuMilliseconds(healer.enginePid) - cpuMs)) / (performance.now() - at));
  tallies.memory.add(row, memoryMb(healer.enginePid).rss);
  for (let each = 0; each < plan.commands; each++) tallies.ls.add(row, timeCommand([CLI, 'ls'], healer.environment));
  const replaced = reports.next(names);
  const restartedNs = process.hrtime.bigint();
  healer.run('restart', 'all');
  tallies.restart.add(row, millisecondsBetween(restartedNs, lastOf(await replaced)));
  tallies.down.add(row, timeCommand([CLI, 'down'], healer.environment));
  await stop();
}
