import { createContenders, FLOORS } from './support/contenders.mjs';
import { lastOf, millisecondsBetween } from './support/reports.mjs';
import { Tally } from './support/tally.mjs';

const PLANS = {
  quick: [{ count: 5, rounds: 1 }],
  normal: [{ count: 200, rounds: 7 }],
  large: [
    { count: 200, rounds: 7 },
    { count: 1000, rounds: 5 },
  ],
};

/** Measures the time from the command until the last of its programs runs. */
export const startup = {
  name: 'startup',
  title: 'Start-up: from the command until all programs run',
  async run({ size, workshop, progress, withPeers }) {
    const { contenders, skipped } = createContenders(workshop, { withPeers });
    const groups = [];
    for (const { count, rounds } of PLANS[size]) {
      const tally = new Tally(`start ${count} programs`, 'ms', FLOORS);
      for (let round = 1; round <= rounds; round++) {
        progress(`${count} programs, round ${round} of ${rounds}`);
        for (const contender of contenders) tally.add(contender.name, await timeStart(contender, count));
      }
      groups.push(tally.result());
    }
    return { groups, checks: [], skipped };
  },
};

async function timeStart(contender, count) {
  const launched = await contender.launch(count);
  await launched.stop();
  return millisecondsBetween(launched.beganNs, lastOf(launched.started));
}
