import { timeCommand } from './support/commands.mjs';
import { CLI } from './support/healer.mjs';
import { createContenders, HEALER } from './support/contenders.mjs';
import { lastOf, millisecondsBetween } from './support/reports.mjs';
import { Tally } from './support/tally.mjs';

/** The smaller number comes first: the time per program should not grow. */
const PLANS = {
  quick: { counts: [3, 6], rounds: 1 },
  normal: { counts: [100, 1000], rounds: 3 },
  large: { counts: [100, 1000, 3000], rounds: 3 },
};

/** Measures how operations on all programs grow with their number. */
export const many = {
  name: 'many',
  title: 'All programs at once: start, restart and stop, per program',
  async run({ size, workshop, progress }) {
    const { counts, rounds } = PLANS[size];
    const smallest = rowOf(counts[0]);
    const tallies = {
      start: new Tally('healer up, per program', 'ms', [smallest]),
      restart: new Tally('healer restart all, per program', 'ms', [smallest]),
      down: new Tally('healer down, per program', 'ms', [smallest]),
    };
    const healer = createContenders(workshop).contenders.find(({ name }) => name === HEALER);
    for (let round = 1; round <= rounds; round++) {
      for (const count of counts) {
        progress(`${count} programs, round ${round} of ${rounds}`);
        await playRound(await healer.launch(count), count, tallies);
      }
    }
    return { groups: Object.values(tallies).map((tally) => tally.result()), checks: [], skipped: [] };
  },
};

function rowOf(count) {
  return `${count} programs`;
}

async function playRound(launched, count, { start, restart, down }) {
  const { names, reports, beganNs, started, healer } = launched;
  const row = rowOf(count);
  start.add(row, millisecondsBetween(beganNs, lastOf(started)) / count);
  const replaced = reports.next(names);
  const restartedNs = process.hrtime.bigint();
  healer.run('restart', 'all');
  restart.add(row, millisecondsBetween(restartedNs, lastOf(await replaced)) / count);
  down.add(row, timeCommand([CLI, 'down'], healer.environment) / count);
  await launched.stop();
}
