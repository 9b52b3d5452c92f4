import { describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { EDIT_FIELDS } from '../../src/tui/state/form-fields.ts';
import { freePort } from '../support/free-port.ts';
import { HealerHome } from '../support/healer-home.ts';
import { CLI } from '../support/run-cli.ts';
import { openShell, type Shell, shows } from '../support/shell.ts';
import { waitFor } from '../support/wait-for.ts';

const CLEAN = { alternate: false, cursor: true };
const SMALL = { columns: 80, rows: 24 };
const LARGE = { columns: 200, rows: 50 };
const GONE = /not running|reconnect|stale|lost|gone|no engine/i;

async function homeWithPrograms(): Promise<HealerHome> {
  const home = new HealerHome();
  await home.up('alpha - - -- sleep 100000', 'beta - - -- sh -c "while :; do echo hello from beta; sleep 0.2; done"');
  return home;
}

/** Returns the shell command that runs healer and prints its exit code. */
function healer(home: HealerHome, ...args: readonly string[]): string {
  const words = [process.execPath, CLI, ...args].map((word) => `'${word}'`).join(' ');
  return `HEALER_HOME='${home.folder}' ${words}; echo "exited with $?"`;
}

/** Opens the UI in a terminal and waits until it shows the programs. */
async function openTui(home: HealerHome, size = SMALL): Promise<Shell> {
  const shell = await openShell(size);
  shell.type(healer(home, 'tui'));
  await shows(shell, 'alpha');
  return shell;
}

test('the table shows the processes of a program, and one of them can be signaled', async () => {
  await using home = new HealerHome();
  await home.up('alpha - - -- sh -c "sleep 100001 & sleep 100002 & wait"', 'omega - - -- sleep 100003');
  await using shell = await openTui(home);
  await shows(shell, /alpha .*running/);
  const main = await home.pid('alpha');
  shell.press('\u001b[C');
  await shows(shell, /sleep 100002/);
  shell.press('jjj');
  await shows(shell, /▌ +sleep 100002/);
  const { tree } = await home.ask((api) => api.describe({ id: 'alpha' }));
  const pid = tree.find(({ command }) => command === 'sleep 100002')?.pid ?? 0;
  shell.press('\u000b');
  await shows(shell, `Signal sleep 100002 (pid ${String(pid)}) of alpha`);
  shell.press('7');
  await shows(shell, `Send SIGKILL to sleep 100002 (pid ${String(pid)})?`);
  shell.press('n');
  await shows(shell, 'canceled');
  expect(isAlive(pid)).toBe(true);
  shell.press('\u000b');
  await shows(shell, 'choose the signal');
  shell.press('7');
  await shows(shell, 'Send SIGKILL');
  shell.press('y');
  await shows(shell, 'it exited; alpha is running');
  expect(isAlive(pid)).toBe(false);
  await waitFor(() => !/^.{0,3} +sleep 100002/m.test(shell.screen()), 'the row of the process to go');
  expect(await home.row('alpha')).toMatchObject({ pid: main, restarts: 0 });
  shell.press('q');
  await shows(shell, 'exited with 0');
  await home.down();
});

describe.each([SMALL, LARGE])('at $columns×$rows the UI', (size) => {
  test('shows the programs, and asks for confirmation before a restart on r and a kill on X', async () => {
    await using home = await homeWithPrograms();
    await using shell = await openTui(home, size);
    // A program that is still starting is restarted without a question.
    await shows(shell, /alpha .*running/);
    const before = await home.pid('alpha');
    const screen = await shows(shell, String(before));
    expect(screen).toContain('beta');
    expect(screen.split('\n').every((line) => line.length <= size.columns)).toBe(true);
    expect(shell.modes()).toMatchObject({ alternate: true, cursor: false });

    shell.press('r');
    await shows(shell, /restart.*alpha/i);
    shell.press('y');
    await waitFor(async () => ![null, before].includes((await home.row('alpha')).pid), 'a new pid');
    const after = await home.pid('alpha');
    await shows(shell, String(after));

    shell.press('X');
    await shows(shell, /kill.*alpha/i);
    shell.press('n');
    await waitFor(() => !/kill.*alpha.*\?/i.test(shell.screen()), 'the confirmation to close');
    expect(isAlive(after)).toBe(true);
    shell.press('X');
    await shows(shell, /kill.*alpha/i);
    shell.press('y');
    await home.state('alpha', 'stopped');
    await shows(shell, 'stopped');
    expect(isAlive(after)).toBe(false);

    shell.press('q');
    await shows(shell, 'exited with 0');
    expect(shell.modes()).toEqual(CLEAN);
    expect((await home.run('status')).code).toBe(0);
    await home.down();
  });

  test('shows the log of a program as it is printed', async () => {
    await using home = await homeWithPrograms();
    await using shell = await openTui(home, size);
    shell.press('Down', 'Enter');
    await shows(shell, 'hello from beta');
    shell.press('Escape');
    await shows(shell, 'alpha');
    shell.press('q');
    await shows(shell, 'exited with 0');
    await home.down();
  });
});

describe('the terminal is restored', () => {
  test('after Ctrl-C', async () => {
    await using home = await homeWithPrograms();
    await using shell = await openTui(home);
    shell.press('C-c');
    await shows(shell, /exited with \d+/);
    expect(shell.modes()).toEqual(CLEAN);
    shell.type('echo typed $((40 + 2))');
    await shows(shell, 'typed 42');
    await home.down();
  });

  test('after SIGTERM to the UI', async () => {
    await using home = await homeWithPrograms();
    await using shell = await openTui(home);
    const tui = home.survivors().find(({ command }) => command.endsWith(' tui'));
    process.kill(Number(tui?.pid), 'SIGTERM');
    await shows(shell, /exited with \d+/);
    expect(shell.modes()).toEqual(CLEAN);
    shell.type('echo typed $((40 + 2))');
    await shows(shell, 'typed 42');
    await home.down();
  });
});

test('the edit dialog changes what happens on faults, and shows a value that the engine refuses at its field', async () => {
  await using home = await homeWithPrograms();
  await using shell = await openTui(home, LARGE);
  shell.press('e');
  await shows(shell, 'Cooldown after');
  // From the command to the attempts.
  shell.press(...Array<string>(EDIT_FIELDS.findIndex(({ key }) => key === 'attempts')).fill('Tab'));
  await shows(shell, '▌Attempts');
  // Enter counts only if it does not arrive together with text.
  shell.press('0');
  await shows(shell, /Attempts +\* 0/);
  shell.press('Enter');
  await shows(shell, /Attempts +\* 0 .*\n.*restart\.maxAttempts cannot be 0/);
  shell.press('BSpace', '7', 'Tab', 'Tab', 'C-u', '9');
  await shows(shell, /Cooldown after +\* \[9 +\]/);
  shell.press('Enter');
  await shows(shell, 'healer update --set restart.maxAttempts=7 --set restart.cooldown.restarts=9 alpha');
  const { spec } = await home.ask((api) => api.describe({ id: 'alpha' }));
  expect(spec.restart).toMatchObject({ maxAttempts: 7, cooldown: { restarts: 9 } });
});

test('the UI shows that the engine is gone, and attaches to the next one', async () => {
  await using home = await homeWithPrograms();
  await using shell = await openTui(home);
  await home.killEngine();
  await shows(shell, GONE);
  await home.up();
  await waitFor(() => !GONE.test(shell.screen()), 'the UI to attach again');
  const before = await home.pid('alpha');
  shell.press('r');
  await shows(shell, /restart.*alpha/i);
  shell.press('y');
  await waitFor(async () => ![null, before].includes((await home.row('alpha')).pid), 'a new pid');
  shell.press('q');
  await shows(shell, 'exited with 0');
  await home.down();
});

test('"up --attach" opens the UI, and quitting it leaves the engine running', async () => {
  await using home = new HealerHome();
  home.list('alpha - - -- sleep 100000');
  await using shell = await openShell(SMALL);
  shell.type(healer(home, 'up', '--attach', '-f', home.listFile));
  await shows(shell, 'alpha');
  await waitFor(() => shell.modes().alternate, 'the full screen');
  await home.state('alpha', 'running');
  shell.press('q');
  const screen = await shows(shell, 'exited with 0');
  expect(screen).toContain('keeps running');
  expect(shell.modes()).toEqual(CLEAN);
  await home.down();
});

test('the UI of a remote engine works over its remote API, and offers no local-only actions', async () => {
  await using home = new HealerHome();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  home.extraEnv = { HEALER_API_PORT: String(port), HEALER_ALIVENESS_PORT: 'off' };
  await home.up('alpha - - -- sh -c "echo hello from alpha; exec sleep 100000"');
  await home.event('serving', ({ data }) => data['port'] === port);
  await using shell = await openShell(LARGE);
  shell.type(healer(home, '--host', url, 'tui'));
  const before = await home.pid('alpha');
  await shows(shell, String(before));

  shell.press('r');
  await shows(shell, /restart.*alpha/i);
  shell.press('y');
  await waitFor(async () => ![null, before].includes((await home.row('alpha')).pid), 'a new pid');
  await shows(shell, String(await home.pid('alpha')));
  shell.press('\r');
  await shows(shell, 'hello from alpha');
  shell.press('E');
  await shows(shell, 'on another machine');

  await home.ok('down');
  const screen = await shows(shell, `cannot reach an engine at ${url}`);
  expect(screen).not.toContain('u: start it');
  shell.press('q');
  await shows(shell, 'exited with 0');
  expect(await home.run('--host', 'no host', 'tui')).toMatchObject({ code: 2 });
});
