import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readProcStat } from '../../src/base/proc-stat.ts';
import { CLI } from '../support/run-cli.ts';
import { HealerHome } from '../support/healer-home.ts';
import { openShell, shows } from '../support/shell.ts';
import { KEYS, Terminal } from '../support/terminal.ts';
import { waitFor } from '../support/wait-for.ts';

let home: HealerHome;
beforeEach(() => {
  home = new HealerHome();
  home.list('web - - -- sleep 100000');
});
afterEach(() => home[Symbol.asyncDispose]());

const UP = [process.execPath, CLI, 'up', '--foreground', '-f'];

function openTerminal(): Terminal {
  return new Terminal([...UP, home.listFile], { env: home.env, columns: 200 });
}

/** Kills the program, which is an event, and waits for its next run. */
async function expectHealing(engine: number): Promise<void> {
  const before = await home.pid('web');
  process.kill(before, 'SIGKILL');
  await waitFor(async () => {
    const { pid } = await home.row('web');
    return pid !== null && pid !== before;
  }, 'the program to be restarted');
  expect(await home.enginePid()).toBe(engine);
}

/** Returns the state of a process as `ps` shows it: T for a stopped one. */
function stateOf(pid: number): string | undefined {
  return readProcStat(pid)?.state;
}

async function expectLossRecorded(errno: string): Promise<void> {
  const lost = await home.event('engine-degraded', ({ reason }) => reason.includes('terminal or pipe'));
  expect(lost.reason).toBe(
    `the terminal or pipe of the engine is gone (${errno}): events are no longer printed; healing continues, and healing.log records every event`,
  );
}

describe('an engine in the foreground', () => {
  test('keeps healing when its terminal is closed, and records it at once', async () => {
    await using terminal = openTerminal();
    await terminal.waitFor('running web');
    const engine = await home.enginePid();
    terminal.hangUp();
    await expectLossRecorded('EIO');
    await expectHealing(engine);
    await home.down();
  });

  test('keeps healing when the shell that it runs under is closed', async () => {
    const shell = await openShell({ columns: 200, rows: 24 });
    const variables = Object.entries(home.env).map(([name, value]) => `${name}='${value}'`);
    shell.type(`${variables.join(' ')} ${UP.join(' ')} ${home.listFile}`);
    await shows(shell, 'running web');
    const engine = await home.enginePid();
    await shell[Symbol.asyncDispose]();
    await expectHealing(engine);
    await expectLossRecorded('EIO');
    await home.down();
  });

  test('keeps healing when the reader of its output exits', async () => {
    const child = home.spawn('up', '--foreground', '-f', home.listFile);
    await waitFor(() => home.state('web', 'running').catch(() => null), 'the program to run');
    const engine = await home.enginePid();
    child.stdout.destroy();
    child.stderr.destroy();
    await expectHealing(engine);
    await expectLossRecorded('EPIPE');
    await home.down();
  });

  test('is not blocked by a terminal that shows nothing', async () => {
    await using terminal = openTerminal();
    await terminal.waitFor('running web');
    const engine = await home.enginePid();
    terminal.key('\x13');
    await expectHealing(engine);
    terminal.key('\x11');
    await terminal.waitFor('crashed web');
    await home.down();
  });

  test('keeps healing as a background job whose terminal stops writers (stty tostop)', async () => {
    await using shell = await openShell({ columns: 200, rows: 24 });
    const variables = Object.entries(home.env).map(([name, value]) => `${name}='${value}'`);
    shell.type('stty tostop');
    shell.type(`${variables.join(' ')} ${UP.join(' ')} ${home.listFile} &`);
    await shows(shell, 'running web');
    const engine = await home.enginePid();
    await expectHealing(engine);
    await shows(shell, 'crashed web');
    expect(stateOf(engine)).toMatch(/^[SR]$/);
    await home.down();
  });

  test.each(['SIGTTIN', 'SIGTTOU', 'SIGTSTP'] as const)('is not stopped by %s', async (signal) => {
    await using terminal = openTerminal();
    await terminal.waitFor('running web');
    const engine = await home.enginePid();
    process.kill(engine, signal);
    await expectHealing(engine);
    expect(stateOf(engine)).toMatch(/^[SR]$/);
    await home.down();
  });

  test('ignores Ctrl-Z and shuts down at Ctrl-C', async () => {
    await using terminal = openTerminal();
    await terminal.waitFor('running web');
    const engine = await home.enginePid();
    terminal.key(KEYS.ctrlZ);
    await expectHealing(engine);
    expect(stateOf(engine)).toMatch(/^[SR]$/);
    terminal.key(KEYS.ctrlC);
    expect(await terminal.exit).toMatchObject({ exitCode: 0 });
    await home.empty();
  });
});
