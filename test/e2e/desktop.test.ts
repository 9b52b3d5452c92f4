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
