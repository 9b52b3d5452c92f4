import { BARE_NODE, timeCommands } from './support/commands.mjs';
import { createContenders, NO_COMPILER } from './support/contenders.mjs';
import { pause } from './support/pause.mjs';
import { cpuMilliseconds, memoryMb } from './support/processes.mjs';
import { Tally } from './support/tally.mjs';

const PLANS = {
  quick: { count: 5, settleMs: 1_000, seconds: 2, rounds: 1 },
  normal: { count: 1000, settleMs: 5_000, seconds: 30, rounds: 15 },
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
  async run({ size, workshop, progress }) {
    const { count, settleMs, seconds, rounds } = PLANS[size];
    const tallies = {
      cpu: new Tally(`CPU with ${count} idle programs, each second for ${seconds} s`, '% of one core'),
      rss: new Tally(`resident memory with ${count} idle programs (RSS)`, 'MB'),
      pss: new Tally('the same, shared pages counted in part (PSS)', 'MB'),
    };
    const commands = new Tally(`a command with ${count} programs, from start to end`, 'ms', [BARE_NODE]);
    for (const { name, launch } of createContenders(workshop)) {
      progress(`${name}, ${count} programs`);
      const launched = await launch(count);
      await pause(settleMs);
      await watch(launched.managers(), seconds, tallies);
      if (launched.healer !== null) timeCommands(commands, launched.healer, ['status', 'ls'], rounds);
      await launched.stop();
    }
    const groups = [...Object.values(tallies), commands].map((tally) => tally.result());
    return { groups, checks: [], skipped: workshop.hasCompiler ? [] : [NO_COMPILER] };
  },
};

async function watch(managers, seconds, { cpu, rss, pss }) {
  const watched = Object.entries(managers).map(([row, pid]) => ({
    row,
    pid,
    cpuMs: cpuMilliseconds(pid),
    at: performance.now(),
  }));
  for (let second = 0; second < seconds; second++) {
    await pause(SAMPLE_MS);
    for (const each of watched) {
      const [cpuMs, at] = [cpuMilliseconds(each.pid), performance.now()];
      cpu.add(each.row, (100 * (cpuMs - each.cpuMs)) / (at - each.at));
      Object.assign(each, { cpuMs, at });
    }
  }
  for (const { row, pid } of watched) {
    const memory = memoryMb(pid);
    rss.add(row, memory.rss);
    pss.add(row, memory.pss);
  }
}
