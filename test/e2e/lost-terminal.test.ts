import pty from '@lydell/node-pty';
import { expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { CLI } from '../support/run-cli.ts';
import { waitFor } from '../support/wait-for.ts';

test('the terminal UI ends quietly when its terminal is gone, by the signal that shells report as 129', async () => {
  await using home = new HealerHome();
  await home.up('web - - -- sleep 100000');
  const script = home.write(
    'run.sh',
    `#!/bin/sh\ntrap '' HUP\n${process.execPath} ${CLI} tui 2> errors\necho $? > code\n`,
  );
  for (const command of [script, process.execPath]) {
    const args = command === script ? [] : [CLI, 'tui'];
    const terminal = pty.spawn(command, args, { env: { ...home.env }, cwd: home.folder, name: 'xterm-256color' });
    let output = '';
    terminal.onData((data) => (output += data));
    let isOver = false;
    terminal.onExit(() => (isOver = true));
    await waitFor(() => output.includes('web'), 'the table');
    (terminal as unknown as { destroy(): void }).destroy();
    await waitFor(() => isOver || home.read('code') !== '', 'the end');
  }
  expect(home.read('code').trim()).toBe('129');
  // The shell reports the signal.
  expect(home.read('errors').replace('Hangup\n', '')).toBe('');
  await home.down();
});

test.each([
  ['dumb', ['TERM=dumb']],
  ['unset', ['-u', 'TERM']],
])('the terminal UI is refused if TERM is %s, without any sequence', async (_, setting) => {
  await using home = new HealerHome();
  const terminal = pty.spawn('env', [...setting, process.execPath, CLI, 'tui'], { env: { ...home.env } });
  let output = '';
  terminal.onData((data) => (output += data));
  const { exitCode } = await new Promise<{ exitCode: number }>((resolve) => terminal.onExit(resolve));
  expect(exitCode).toBe(2);
  expect(output).not.toContain('\x1b');
  expect(output).toMatch(/healer ls --watch.*--screen-reader/);
});
