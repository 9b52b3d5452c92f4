import { BARE_NODE, timeCommands } from './support/commands.mjs';
import { createContenders, FLOORS } from './support/contenders.mjs';
import { pause } from './support/pause.mjs';
import { cpuMilliseconds, memoryMb } from './support/processes.mjs';
import { Tally } from './support/tally.mjs';

const PLANS = {
  quick: { counts: [5], settleMs: 1_000, seconds: 2, rounds: 1 },
  normal: { counts: [1, 100, 1000], settleMs: 5_000, seconds: 30, rounds: 15 },
};
PLANS.large = PLANS.normal;

const SAMPLE_MS = 1_000;

/**
 * Measures the cost of managing idle programs. The contenders run one after the other: healer would have to read
 * a process table with the programs of all of them, which is unrealistic.
 */
export const idle = {
  name: 'idle',
  title: 'The cost of programs that do nothing',
  async run({ size, workshop, progress, withPeers }) {
    const { counts, ...plan } = PLANS[size];
    const { contenders, skipped } = createContenders(workshop, { withPeers });
    const groups = [];
    for (const count of counts) groups.push(...(await measure(contenders, count, plan, progress)));
    return { groups, checks: [], skipped };
  },
};

async function measure(contenders, count, { settleMs, seconds, rounds }, progress) {
  const tallies = {
    cpu: new Tally(`CPU with ${count} idle programs, each second for ${seconds} s`, '% of one core'),
    rss: new Tally(`resident memory with ${count} idle programs (RSS)`, 'MB', FLOORS),
    pss: new Tally(`memory with ${count} idle programs, shared pages counted in part (PSS)`, 'MB', FLOORS),
  };
  const commands = new Tally(`a command with ${count} programs, from start to end`, 'ms', [BARE_NODE]);
  for (const { name, launch } of contenders) {
    progress(`${name}, ${count} programs`);
    const launched = await launch(count);
    await pause(settleMs);
    await watch(launched.managers(), seconds, tallies);
    if (launched.healer !== null) timeCommands(commands, launched.healer, ['status', 'ls'], rounds);
    await launched.stop();
  }
  return [...Object.values(tallies), commands].map((tally) => tally.result());
}

/** Adds the usage of each manager, over all of its processes. */
async function watch(managers, seconds, { cpu, rss, pss }) {
  const watched = Object.entries(managers).map(([row, pids]) => ({
    row,
    pids,
    cpuMs: sumOf(pids, cpuMilliseconds),
    at: performance.now(),
  }));
  for (let second = 0; second < seconds; second++) {
    await pause(SAMPLE_MS);
    for (const each of watched) {
      const [cpuMs, at] = [sumOf(each.pids, cpuMilliseconds), performance.now()];
      cpu.add(each.row, (100 * (cpuMs - each.cpuMs)) / (at - each.at));
      Object.assign(each, { cpuMs, at });
    }
  }
  for (const { row, pids } of watched) {
    const memory = pids.map(memoryMb);
    rss.add(
      row,
      sumOf(memory, (each) => each.rss),
    );
    pss.add(
      row,
      sumOf(memory, (each) => each.pss),
    );
  }
}

function sumOf(items, valueOf) {
  return items.reduce((sum, item) => sum + valueOf(item), 0);
}
