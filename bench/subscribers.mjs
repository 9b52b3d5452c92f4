import { createContenders, HEALER } from './support/contenders.mjs';
import { pause } from './support/pause.mjs';
import { cpuMilliseconds } from './support/processes.mjs';
import { subscribe, timeRespawns } from './support/subscribed.mjs';
import { Tally } from './support/tally.mjs';

const PLANS = {
  quick: { count: 3, subscribers: 3, kills: 1, seconds: 1, settleMs: 0 },
  normal: { count: 100, subscribers: 50, kills: 40, seconds: 15, settleMs: 3_000 },
};
PLANS.large = PLANS.normal;

const QUIET = 'no client';

/** Measures what clients that watch everything cost: the time of a respawn, and the CPU usage of the engine. */
export const subscribers = {
  name: 'subscribers',
  title: 'Clients that watch everything: respawn and CPU of the engine',
  async run({ size, workshop, progress }) {
    const { count, subscribers: clients, kills, seconds, settleMs } = PLANS[size];
    const respawn = new Tally(`one of ${count} killed`, 'ms', [QUIET]);
    const cpu = new Tally(`CPU of the engine with ${count} idle programs`, '% of one core', [QUIET]);
    const healer = createContenders(workshop).contenders.find(({ name }) => name === HEALER);
    const launched = await healer.launch(count);
    await pause(settleMs);
    for (const row of [QUIET, `${clients} clients`]) {
      progress(row);
      const connections = row === QUIET ? [] : await subscribe(launched.healer, clients);
      await pause(settleMs);
      const pid = launched.healer.enginePid;
      const [beganMs, began] = [cpuMilliseconds(pid), performance.now()];
      await pause(seconds * 1_000);
      cpu.add(row, (100 * (cpuMilliseconds(pid) - beganMs)) / (performance.now() - began));
      const from = row === QUIET ? 0 : kills;
      respawn.add(row, ...(await timeRespawns(launched, launched.names.slice(from, from + kills))));
      for (const connection of connections) connection.destroy();
    }
    await launched.stop();
    return { groups: [respawn.result(), cpu.result()], checks: [], skipped: [] };
  },
};
