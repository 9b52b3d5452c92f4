import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { writeCredential } from '../../src/fleet/bus/credential.ts';
import { HealerHome } from '../support/healer-home.ts';
import { NatsHub } from '../support/nats-hub.ts';
import { waitFor } from '../support/wait-for.ts';

const DEFINITIONS = `processes:
  single:
    command: sleep
    args: ['100000']
    onFleetLost: { after: 1s, stop: true }
  kept:
    command: sleep
    args: ['100000']
    onFleetLost: { after: 1s, stop: true }
  edited:
    command: sleep
    args: ['100000']
    onFleetLost: { after: 1s, stop: true }
  other:
    command: sleep
    args: ['100000']
`;
const STOPPED = /^stopped: this host has had no connection to its fleet for 1 s, so another host may be running it/;
const WAITS = 'waiting for the connection to the fleet: this host has had none for 1 s';
const BACK_MS = 90_000;

test('a program of which only one may run is stopped while its host has no connection to the fleet', async () => {
  await using hub = await NatsHub.start();
  await using home = new HealerHome();
  const { fleetFile } = home.paths;
  writeCredential(fleetFile, await hub.credential('host', 'web-01'));
  home.write('healer.yaml', DEFINITIONS);
  await home.ok('up', '-f', 'healer.yaml');
  const isConnected = (): boolean => !existsSync(join(dirname(fleetFile), 'lost-since'));
  await waitFor(isConnected, 'the host to be connected', BACK_MS);
  const runs = async (id: string): Promise<boolean> => (await home.row(id)).state === 'running';
  for (const id of ['single', 'kept', 'edited', 'other']) await waitFor(() => runs(id), `${id} to run`, BACK_MS);
  const other = await home.pid('other');
  const single = await home.pid('single');

  await hub.stopServer();
  for (const id of ['single', 'kept', 'edited']) expect((await home.state(id, 'waiting')).why).toContain(WAITS);
  const stopping = await home.event('stopping', (event) => event.process === 'single' && event.pid === single);
  expect(stopping.reason).toMatch(STOPPED);
  expect(await home.ok('describe', 'single')).toContain(WAITS);
  expect(await home.ok('why', 'single')).toContain(WAITS);
  expect(await home.pid('other')).toBe(other);

  // What an operator or an edit wants meanwhile counts more than the reason for which it was stopped.
  await home.ok('stop', 'kept');
  home.write('healer.yaml', DEFINITIONS.replace(/( {2}edited:(?:\n {4}(?!on).*)*\n) {4}onFleetLost.*\n/, '$1'));
  await waitFor(() => runs('edited'), 'the edited program to run');

  // The reason and the time of the loss survive the engine.
  await home.killEngine();
  await home.ok('up', '-f', 'healer.yaml');
  expect((await home.state('single', 'waiting')).why).toContain(WAITS);
  expect((await home.row('kept')).state).toBe('stopped');
  expect(await home.pid('other')).toBe(other);

  await hub.startServer();
  await waitFor(() => runs('single'), 'the program to run again', BACK_MS);
  const started = await home.event('started', (event) => event.process === 'single' && event.pid !== single);
  expect(started.reason).toContain('after waiting for the connection to the fleet');
  expect((await home.row('kept')).state).toBe('stopped');
  expect(await home.pid('other')).toBe(other);
  await home.down();
}, 400_000);

test('a host that belongs to no fleet ignores the rule, and the check of the configuration says so', async () => {
  await using home = new HealerHome();
  home.write('healer.yaml', DEFINITIONS);
  const { code, stdout } = await home.run('config', 'check', 'healer.yaml');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^warning: .*healer\.yaml:2: onFleetLost of "single" has no effect: this host belongs to no fleet \(join one with/m,
  );
  expect(stdout).toContain('0 errors, 3 warnings, 4 usable programs');
  await home.ok('up', '-f', 'healer.yaml');
  const { startedAt } = await home.state('single', 'running');
  const isOlder = (): boolean => Date.now() - Date.parse(startedAt ?? '') > 3_000;
  await waitFor(isOlder, 'the program to run for longer than the time of the rule');
  expect((await home.row('single')).startedAt).toBe(startedAt);
  await home.down();
});
