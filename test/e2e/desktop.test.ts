import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findDesktopSession } from '../../src/engine/os/desktop-session.ts';
import { createDesktopSessionCache } from '../../src/engine/os/desktop-session-cache.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';
import { XDesktop } from '../support/x-desktop.ts';

// In one file, because each of these tests searches all desktops of the machine.
const OWN = process.geteuid?.() ?? 0;

test('an engine without a display starts a graphical program on the desktop of its user', async () => {
  await using desktop = await XDesktop.open();
  await using home = new HealerHome();
  await home.up('clock - - -- xclock');
  // Without a display, it would have exited before it counts as running.
  const { pid, restarts } = await home.state('clock', 'running');
  expect(restarts).toBe(0);
  const environment = readFileSync(`/proc/${String(pid)}/environ`, 'utf8').split('\0');
  expect(environment).toContain(`DISPLAY=${desktop.display}`);
  await home.down();
});

describe('a graphical program whose display is gone', () => {
  /** A cooldown would start after two restarts, and alerts would be stored. */
  const RULES = { restart: { cooldown: { restarts: 2 } } };

  function define(home: HealerHome, fields: Readonly<Record<string, unknown>>): string {
    return home.write(
      'healer.yaml',
      JSON.stringify({ processes: { clock: { command: 'xclock', ...RULES, ...fields } } }),
    );
  }

  async function expectWaiting(home: HealerHome, reason: string | RegExp): Promise<void> {
    const { why, restarts } = await home.state('clock', 'waiting');
    expect(why).toMatch(reason);
    expect(restarts).toBe(0);
    const kinds = await home.kinds('clock');
    expect(kinds).not.toContain('crashed');
    expect(kinds).not.toContain('spawn-failed');
    expect(kinds).not.toContain('restart-scheduled');
    expect(await home.ok('why', 'clock')).toContain('waiting for a display');
  }

  test.each<[string, end: 'crash' | 'logOut']>([
    ['its server is killed', 'crash'],
    ['its user logs out', 'logOut'],
  ])('waits when %s, and starts within two seconds of the next one', async (_what, end) => {
    await using home = new HealerHome();
    await using first = await XDesktop.open();
    await home.ok('up', '-f', define(home, { env: { DISPLAY: first.display } }));
    await home.state('clock', 'running');
    await first[end]();
    await expectWaiting(home, `waiting for a display: "${first.display}" does not accept connections`);
    await using second = await XDesktop.open(first.display);
    const openedMs = Date.now();
    const { restarts, startedAt } = await home.state('clock', 'running');
    expect(Date.parse(startedAt ?? '') - openedMs).toBeLessThan(2_500);
    expect([restarts, second.display]).toEqual([0, first.display]);
    await home.down();
  });

  test.each(['gui', 'auto'])(
    'waits before the first login with session: %s, also under the next engine',
    async (session) => {
      await using home = new HealerHome();
      const file = define(home, { session });
      await home.ok('up', '-f', file);
      await expectWaiting(home, /^waiting for a display: no X or Wayland session of user \w+$/);
      await home.killEngine();
      await home.ok('up', '-f', file);
      await expectWaiting(home, /^waiting for a display: no X or Wayland session of user \w+$/);
      await using desktop = await XDesktop.open();
      const { pid } = await home.state('clock', 'running');
      expect(readFileSync(`/proc/${String(pid)}/environ`, 'utf8').split('\0')).toContain(`DISPLAY=${desktop.display}`);
      await home.down();
    },
  );

  test('waits for a display that the engine has inherited, and follows its user to another one', async () => {
    await using home = new HealerHome();
    await using first = await XDesktop.open();
    home.extraEnv = { DISPLAY: first.display };
    const script = home.write('server.mjs', 'setTimeout(() => process.exit(1), 300)');
    const server = { command: process.execPath, args: [script] };
    const file = home.write(
      'healer.yaml',
      JSON.stringify({ processes: { clock: { command: 'xclock', ...RULES }, server } }),
    );
    await home.ok('up', '-f', file);
    await home.state('clock', 'running');
    await first.crash();
    await expectWaiting(home, 'no X or Wayland session of user');
    // A program that uses no display crashes as usual, although it has inherited the variable.
    await home.event('restarted', ({ process: id }) => id === 'server');
    await using second = await XDesktop.open();
    const { pid } = await home.state('clock', 'running');
    expect(readFileSync(`/proc/${String(pid)}/environ`, 'utf8').split('\0')).toContain(`DISPLAY=${second.display}`);
    await home.down();
  });

  /** Starts the clock as its user does: not as a child of the engine, and with an environment of its own. */
  async function openClock({ display }: XDesktop): Promise<ChildProcess & { readonly pid: number }> {
    const { PATH = '' } = process.env;
    const child = spawn('xclock', [], { env: { PATH, DISPLAY: display }, stdio: 'ignore' });
    await once(child, 'spawn');
    if (child.pid === undefined) throw new Error('xclock could not be started');
    return Object.assign(child, { pid: child.pid });
  }

  test.each<['crash' | 'logOut']>([['crash'], ['logOut']])('waits after its user has opened it (%s)', async (end) => {
    await using home = new HealerHome();
    await using first = await XDesktop.open();
    const clock = await openClock(first);
    const file = define(home, { adopt: 'by-name' });
    await home.ok('up', '-f', file);
    await home.state('clock', 'running');
    expect(await home.pid('clock')).toBe(clock.pid);
    await first[end]();
    await expectWaiting(home, 'no X or Wayland session of user');
    await using second = await XDesktop.open();
    const { pid, restarts } = await home.state('clock', 'running');
    expect(readFileSync(`/proc/${String(pid)}/environ`, 'utf8').split('\0')).toContain(`DISPLAY=${second.display}`);
    expect(restarts).toBe(0);
    await home.down();
  });

  test.each<['crash' | 'logOut']>([['crash'], ['logOut']])('waits under the next engine (%s)', async (end) => {
    await using home = new HealerHome();
    await using first = await XDesktop.open();
    const file = define(home, { env: { DISPLAY: first.display } });
    await home.ok('up', '-f', file);
    await home.state('clock', 'running');
    const pid = await home.pid('clock');
    await home.killEngine();
    await home.ok('up', '-f', file);
    await home.state('clock', 'running');
    expect(await home.pid('clock')).toBe(pid);
    await first[end]();
    await expectWaiting(home, `waiting for a display: "${first.display}" does not accept connections`);
    await home.down();
  });

  test('crashes as usual, opened by its user, while its display accepts connections', async () => {
    await using home = new HealerHome();
    await using desktop = await XDesktop.open();
    const clock = await openClock(desktop);
    await home.ok('up', '-f', define(home, { adopt: 'by-name' }));
    await home.state('clock', 'running');
    clock.kill('SIGABRT');
    await home.event('crashed');
    await home.down();
  });

  test('crashes as usual while its display accepts connections', async () => {
    await using home = new HealerHome();
    await using desktop = await XDesktop.open();
    await home.ok('up', '-f', define(home, { args: ['-unknown-option'], env: { DISPLAY: desktop.display } }));
    await home.event('crashed');
    await home.down();
  });
});

describe('a desktop session', () => {
  test('is found through a process that runs in it, and not by another user', async () => {
    await using desktop = await XDesktop.open();
    const found = await waitFor(() => findDesktopSession(OWN), 'the session to be found');
    expect(found.DISPLAY).toBe(desktop.display);
    expect(findDesktopSession(OWN + 4711)).toBeNull();
  });

  test('is cached until its server is gone, regardless of leftover files', async () => {
    await using desktop = await XDesktop.open();
    let now = 0;
    const sessions = createDesktopSessionCache(() => now);
    await waitFor(() => sessions.find(OWN, true), 'the session to be found');
    const first = sessions.find(OWN, false);
    now += 60_000;
    expect(sessions.find(OWN, false)).toBe(first);
    await desktop.crash();
    expect(sessions.find(OWN, false)).toBe(first);
    now += 60_000;
    expect(sessions.find(OWN, false)).toBeNull();
  });
});
