import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { HealerHome } from '../support/healer-home.ts';
import { FIXTURE_PROGRAMS } from '../support/launch-room.ts';
import { waitFor } from '../support/wait-for.ts';

const QUICK = {
  intervalMs: 200,
  timeoutMs: 1_500,
  startupCheck: { initialDelayMs: 50, checkIntervalMs: 100, maxAttempts: 200 },
};

async function untilHealthy(home: HealerHome, id: string): Promise<void> {
  await waitFor(async () => (await home.row(id)).health === 'healthy', `"${id}" to be healthy`);
}

describe('health checks', () => {
  test('a suspended program is detected, killed and restarted, and every view shows it', async () => {
    await using home = new HealerHome();
    await home.up('idle - - -- sleep 100000');
    const port = await freePort();
    const check = { type: 'http', url: `http://127.0.0.1:${String(port)}/health` } as const;
    const args = [join(FIXTURE_PROGRAMS, 'answer.mjs'), String(port)];
    const definition = { id: 'web', command: process.execPath, args, health: { check, ...QUICK } };
    await home.ask((api) => api.add({ definition }));
    await untilHealthy(home, 'web');
    expect(await home.ok('ls')).toMatch(/HEALTH[^]*web +running +healthy/);
    expect(await home.ok('status')).toContain('1 healthy, 0 unhealthy');
    expect(await home.ok('check', 'web')).toMatch(
      /^"web" passed: GET http:.* returned 200 \(.* ms\); health: healthy\n$/,
    );
    const pid = await home.pid('web');
    process.kill(pid, 'SIGSTOP');
    const { reason } = await home.event('unhealthy');
    expect(reason).toBe(`health check failed: GET ${check.url} did not respond within 1.5 s, 2 times in a row`);
    const restarted = await home.event('restarted', (event) => event.process === 'web');
    expect(restarted.pid).not.toBe(pid);
    await untilHealthy(home, 'web');
    const described = await home.ok('describe', 'web');
    expect(described).toContain('last failure  did not respond within 1.5 s');
    await home.down();
  });

  test('a check that was running when its engine was killed is ended by the next engine', async () => {
    await using home = new HealerHome();
    await home.up('idle - - -- sleep 100000');
    const check = { type: 'exec' as const, command: 'sleep', args: ['424242'] };
    const health = { check, ...QUICK, timeoutMs: 600_000 };
    await home.ask((api) => api.add({ definition: { id: 'job', command: 'sleep', args: ['100001'], health } }));
    const checks = (): readonly number[] =>
      home.survivors().flatMap(({ pid, command }) => (command === 'sleep 424242' ? [pid] : []));
    await waitFor(() => checks().length === 1, 'the check to run');
    const [lost = 0] = checks();
    await home.killEngine();
    expect(checks()).toEqual([lost]);
    await home.up();
    await waitFor(() => !checks().includes(lost), 'the lost check to exit');
    await home.down();
  });
});
