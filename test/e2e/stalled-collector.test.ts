import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collectorPathsOf } from '../../src/engine/logs/files/collector-paths.ts';
import { runningCollectorPid } from '../support/collector-pid.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const IDS = Array.from({ length: 12 }, (_, index) => `talker-${String(index)}`);
/** Programs that are stopped before, so that the log collector has free descriptors of low numbers. */
const STOPPED = ['s-1', 's-2', 's-3', 's-4'];
const TALKER = 'sh -c "while :; do echo $$; sleep 0.05; done"';

test('programs that restart while the log collector is stalled lose no output', async () => {
  await using home = new HealerHome();
  await home.up(...[...STOPPED, ...IDS].map((id) => `${id} - - -- ${TALKER}`));
  for (const id of IDS) await home.state(id, 'running');
  const logged = (id: string): readonly string[] =>
    readFileSync(join(home.paths.logsDir, id, 'current.log'), 'utf8').split('\n');
  const collector = await waitFor(() => runningCollectorPid(collectorPathsOf(home.paths)), 'the log collector');
  await waitFor(() => IDS.every((id) => existsSync(join(home.paths.logsDir, id))), 'the first output');
  await home.ok('stop', ...STOPPED);

  // Afterwards it finds, all at once, exits, requests to close these runs, and new runs.
  process.kill(collector, 'SIGSTOP');
  const before = new Map<string, number | null>();
  try {
    for (const id of IDS) {
      before.set(id, await home.pid(id));
      await home.ok('restart', id);
      await waitFor(async () => (await home.pid(id)) !== before.get(id), `${id} to restart`);
    }
  } finally {
    process.kill(collector, 'SIGCONT');
  }

  for (const id of IDS) {
    const pid = String(await home.pid(id));
    const countOf = (): number => logged(id).filter((line) => line.endsWith(` stdout F ${pid}`)).length;
    await waitFor(() => countOf() > 0, `output of the new run of ${id}`);
    const count = countOf();
    await waitFor(() => countOf() > count + 5, `more output of the new run of ${id}`);
  }
  expect((await home.events()).filter(({ kind }) => kind === 'log-gap')).toEqual([]);
});
