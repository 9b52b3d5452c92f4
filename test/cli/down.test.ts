import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CliHome, createCliHome } from '../support/run-cli.ts';

let home: CliHome;
beforeEach(async () => {
  home = await createCliHome();
});
afterEach(() => home.remove());

const NOTHING = { stopped: [], forced: [], kept: [], tookMs: 1 };

test.each(['signal', 'exit-code', 'watchdog'])(
  'as ExecStop after the service ended by "%s", stops nothing, because systemd restarts the service',
  async (result) => {
    const engine = await home.startEngine({ shutdown: () => NOTHING });
    const { code, stderr } = await home.run(['down'], { env: { SERVICE_RESULT: result } });
    expect(code).toBe(0);
    expect(stderr).toContain('so its programs keep running for the next engine');
    expect(engine.calls).toEqual([]);
  },
);

test('as ExecStop of a service that is being stopped, shuts the engine down', async () => {
  const engine = await home.startEngine({ shutdown: () => NOTHING });
  const child = home.spawn(['down'], { env: { SERVICE_RESULT: 'success' } });
  try {
    await expect.poll(() => engine.calls.map(({ method }) => method)).toContain('shutdown');
  } finally {
    child.kill('SIGKILL');
  }
});
