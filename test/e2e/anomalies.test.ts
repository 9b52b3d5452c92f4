import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const LEAKER = fileURLToPath(new URL('../../examples/leaker.mjs', import.meta.url));

test('a leak of 5 MB/s without a limit is detected, restarted and reported with its figures', async () => {
  await using home = new HealerHome();
  await home.up(`leaker - - -- ${process.execPath} ${LEAKER} 5 2000`, 'modest - - -- sleep 100000');
  const leaks = await waitFor(
    async () => {
      const found = await home.ask((api) => api.anomalies({}));
      return found.length > 0 && found;
    },
    'the leak to be found',
    120_000,
  );
  expect(leaks).toHaveLength(1);
  expect(leaks[0]).toMatchObject({ id: 'leaker', kind: 'memory-leak', action: 'restart' });
  expect(leaks[0]?.evidence).toMatch(/^memory rose steadily by \d\.\d MB\/s for 40 s, from \d+ to \d+ MB/);
  const restarted = await home.event('restarted', ({ process }) => process === 'leaker');
  expect(restarted.reason).toContain('memory rose steadily');
  expect(await home.row('modest')).toMatchObject({ restarts: 0 });
  const shown = await home.run('anomalies', 'leaker');
  expect(shown.stdout).toMatch(/leaker {2}memory-leak: memory rose .* \(restarted\)/);
  expect((await home.run('anomalies', 'modest')).stdout).toBe('No anomalies in the last 24 hours.\n');
  await home.down();
});
