import { expect, test } from 'vitest';
import { CLI } from '../support/run-cli.ts';
import { openShell, type Shell, shows } from '../support/shell.ts';
import { TwoHosts } from '../support/two-hosts.ts';

const SIZE = { columns: 120, rows: 30 };
const BOTH = /hub-01[^]*web-02|web-02[^]*hub-01/;

/** Opens the screen of the fleet, and filters it by the beginning of the name of the second host. */
async function showOnlyWeb(shell: Shell, fleet: TwoHosts): Promise<void> {
  shell.type(`HEALER_HOME=${fleet.hub.folder} ${process.execPath} ${CLI} fleet tui`);
  await shows(shell, BOTH);
  shell.press('/');
  await shows(shell, 'filter:');
  shell.press('w', 'e', 'b');
  await shows(shell, /filter: web.*1 of 2/);
}

test('Enter opens the programs of a host, and Esc returns to the hosts as they were', async () => {
  await using fleet = new TwoHosts();
  await fleet.form();
  await fleet.sees('hub-01', 'live');
  await using shell = await openShell(SIZE);
  await showOnlyWeb(shell, fleet);
  shell.press('Enter');
  shell.press('Enter');
  await shows(shell, /fleet:web-02[^]*\bw\b.*running/);
  expect(shell.screen()).not.toContain('fleet-bus');
  shell.press('Escape');
  await shows(shell, /healer fleet[^]*filter: web.*1 of 2/);
  shell.press('Escape');
  await shows(shell, BOTH);
  shell.press('q');
  await shows(shell, /ready>\s*$/);
});

test('e opens the healing log of a host', async () => {
  await using fleet = new TwoHosts();
  await fleet.form();
  expect((await fleet.hub.run('--host', 'fleet:web-02', 'restart', 'w')).code).toBe(0);
  await using shell = await openShell(SIZE);
  await showOnlyWeb(shell, fleet);
  shell.press('Enter', 'e');
  await shows(shell, /fleet:web-02[^]*restarted by/);
  shell.press('Escape');
  await shows(shell, /healer fleet[^]*filter: web.*1 of 2/);
  shell.press('q');
  await shows(shell, /ready>\s*$/);
});
