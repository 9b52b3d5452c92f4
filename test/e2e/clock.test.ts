import { expect, test } from 'vitest';
import { FakeTime } from '../support/fake-time.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const DAY_MS = 86_400_000;
const PATIENCE_MS = 20_000;

const PROGRAMS = {
  planned: { command: 'sleep', args: ['100000'], schedule: '0 * * * *' },
  failing: { command: 'false', restart: { backoffMs: [15_000], jitter: 0 } },
  looping: { command: 'false', restart: { backoffMs: [0], jitter: 0, cooldown: { durationMs: 30_000 } } },
  long: { command: 'false', restart: { backoffMs: [2_147_483_647], jitter: 1 } },
};

test('a clock that is set leaves no absurd times, no missed schedules and no longer waits', async () => {
  await using home = new HealerHome();
  const time = new FakeTime(home.folder);
  home.extraEnv = time.env;
  home.write('healer.yaml', JSON.stringify({ processes: PROGRAMS }));
  let shiftMs = 365 * DAY_MS;
  time.set('+365d');
  await home.ok('up', '-f', `${home.folder}/healer.yaml`);
  await home.state('looping', 'cooldown');
  await home.state('failing', 'backoff');
  // Two billion milliseconds, plus jitter, must not be over at once.
  const long = await home.state('long', 'backoff');
  expect(long.restarts).toBe(0);

  /** Checks everything that is shown against the clock as it is set. */
  const expectSaneTimes = async (): Promise<void> => {
    const now = Date.now() + shiftMs;
    const planned = await home.ask((api) => api.describe({ id: 'planned' }));
    const next = Date.parse(planned.nextRestart ?? '');
    expect(next).toBeGreaterThan(now - 1_000);
    expect(next).toBeLessThanOrEqual(now + 3_600_000 + 10_000);
    expect(planned.row.uptimeMs).toBeGreaterThan(0);
    expect(planned.row.uptimeMs).toBeLessThan(120_000);
    expect(Date.parse(planned.row.startedAt ?? '')).toBeLessThanOrEqual(now + 1_500);
    const retryIn = Date.parse((await home.row('failing')).retryAt ?? new Date(now).toISOString()) - now;
    expect(retryIn).toBeLessThanOrEqual(16_500);
    const views = await home.ask((api) => api.cooldowns({}));
    const looping = views.find(({ id }) => id === 'looping');
    expect(looping?.leftMs).toBeGreaterThan(0);
    expect(looping?.leftMs).toBeLessThanOrEqual(30_000);
    expect(looping?.restarts).toHaveLength(5);
    expect(Date.parse(looping?.until ?? '') - now).toBeLessThanOrEqual(31_500);
    const status = await home.ask((api) => api.status({}));
    expect(status.uptimeMs).toBeLessThan(120_000);
    expect(Math.abs(Date.parse(status.startedAt) - now)).toBeLessThan(120_000);
  };
  await expectSaneTimes();

  time.set('+0');
  shiftMs = 0;
  const set = await home.event('clock-set');
  expect(set.reason).toMatch(/^the clock of the machine was set back by 36[45]d/);
  await expectSaneTimes();

  const engine = await home.enginePid();
  process.kill(engine, 'SIGKILL');
  time.set('-1d');
  shiftMs = -DAY_MS;
  await home.ok('up');
  await expectSaneTimes();
  expect((await home.row('planned')).restarts).toBe(0);

  time.set('+30d');
  shiftMs = 30 * DAY_MS;
  await waitFor(
    async () => (await home.events()).some(({ kind, reason }) => kind === 'clock-set' && reason.includes('forward')),
    'the step forward to be noticed',
    PATIENCE_MS,
  );
  const { state, restarts } = await home.row('long');
  expect({ state, restarts }).toEqual({ state: 'backoff', restarts: 0 });
  const planned = await home.ask((api) => api.describe({ id: 'planned' }));
  expect(Date.parse(planned.nextRestart ?? '')).toBeGreaterThan(Date.now() + shiftMs);
  expect(planned.row.restarts).toBe(0);
  await home.down();
});
