import { createContenders, FLOORS } from './support/contenders.mjs';
import { pause } from './support/pause.mjs';
import { lastOf, millisecondsBetween } from './support/reports.mjs';
import { Tally } from './support/tally.mjs';

/** Programs that have just started keep a manager busy, and healer treats exits in the first seconds differently. */
const SETTLE_MS = 3_000;
const PAUSE_MS = 100;

/** Only the first restart of healer is immediate, so no program is killed twice: each round starts from scratch. */
const PLANS = {
  quick: [{ count: 5, rounds: 1, single: 2, mass: 3, settleMs: 0 }],
  normal: [
    { count: 1, rounds: 11, single: 1, mass: 0, settleMs: SETTLE_MS },
    { count: 200, rounds: 7, single: 20, mass: 100, settleMs: SETTLE_MS },
  ],
};
PLANS.large = PLANS.normal;

/** Measures the time from kill -9 until the replacement runs. */
export const respawn = {
  name: 'respawn',
  title: 'Crash to respawn: from kill -9 until the replacement runs',
  async run({ size, workshop, progress, withPeers }) {
    const { contenders, skipped } = createContenders(workshop, { withPeers });
    const groups = [];
    for (const plan of PLANS[size]) {
      const { count, rounds, mass } = plan;
      const one = new Tally(`one of ${count} killed`, 'ms', FLOORS);
      const many = new Tally(`${mass} of ${count} killed at once, all running again`, 'ms', FLOORS);
      for (let round = 1; round <= rounds; round++) {
        progress(`${count} programs, round ${round} of ${rounds}`);
        await playRound(contenders, plan, one, many);
      }
      groups.push(one.result(), ...(mass > 0 ? [many.result()] : []));
    }
    return { groups, checks: [], skipped };
  },
};

async function playRound(contenders, { count, single, mass, settleMs }, one, many) {
  const runs = [];
  for (const { name, launch } of contenders) runs.push({ name, launched: await launch(count) });
  await pause(settleMs);
  for (let number = 0; number < single; number++) {
    for (const { name, launched } of runs) {
      one.add(name, await timeRespawn(launched, [launched.names[number]]));
      await pause(PAUSE_MS);
    }
  }
  for (const { name, launched } of mass > 0 ? runs : []) {
    many.add(name, await timeRespawn(launched, launched.names.slice(single, single + mass)));
    await pause(settleMs);
  }
  for (const { launched } of runs) await launched.stop();
}

/** @returns {Promise<number>} milliseconds until the last of these programs runs again */
async function timeRespawn({ reports }, names) {
  const pids = names.map((name) => reports.latest.get(name).pid);
  const back = reports.next(names);
  const killedNs = process.hrtime.bigint();
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  return millisecondsBetween(killedNs, lastOf(await back));
}
