import { describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

describe('without the native library', () => {
  test('healer restarts programs, adopts them, and reports what is missing', async () => {
    await using home = new HealerHome();
    home.extraEnv = { HEALER_NO_NATIVE: '1' };
    await home.up('app - - -- sh -c "echo begun; sleep 100000"');
    const first = await home.state('app', 'running');
    process.kill(first.pid ?? 0, 'SIGKILL');
    const second = await waitFor(async () => {
      const row = await home.row('app');
      return row.state === 'running' && row.pid !== first.pid ? row : null;
    }, 'the program to run again');
    await waitFor(async () => (await home.ok('logs', 'app')).includes('begun'), 'its output');

    const status = await home.ask((api) => api.status({}));
    expect(status.degraded.join('\n')).toContain('system calls are not available (HEALER_NO_NATIVE=1 is set)');

    await home.killEngine();
    expect(isAlive(second.pid ?? 0)).toBe(true);
    await home.up();
    expect(await home.row('app')).toMatchObject({ state: 'running', pid: second.pid, restarts: 1 });
    await home.down();
    expect(isAlive(second.pid ?? 0)).toBe(false);
  });
});
