import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { TwoHosts } from '../support/two-hosts.ts';
import { waitFor } from '../support/wait-for.ts';

test('one machine creates a fleet, and another joins, is operated, leaves and is forgotten', async () => {
  await using fleet = new TwoHosts();
  await fleet.form();
  await fleet.sees('hub-01', 'live');
  expect(await fleet.hub.ok('--host', 'fleet:web-02', 'ls', '--json')).toContain('"running"');
  expect((await fleet.hub.run('fleet', 'doctor')).stdout).toContain('errors: 0');
  // No client follows the live tables of the hosts.
  const isMeasured = async (): Promise<boolean> =>
    (await fleet.hosts()).every(({ row }) => typeof row?.cpuPercent === 'number' && row.memoryPercent !== null);
  await waitFor(isMeasured, 'the usage of both machines');

  await fleet.web.ok('fleet', 'leave');
  await fleet.sees('web-02', 'left');
  await fleet.hub.ok('fleet', 'forget', 'web-02');
  await waitFor(async () => (await fleet.hosts()).every(({ host }) => host !== 'web-02'), '"web-02" to be gone');
  await fleet.web.down();
  await fleet.hub.down();
});

test('an agent comes back when it, the bus or the engine is killed', async () => {
  await using fleet = new TwoHosts();
  await fleet.form();
  const agentPid = (): number => {
    const lock = `${fleet.web.paths.stateDir}/fleet/agent.lock`;
    return (JSON.parse(readFileSync(lock, 'utf8')) as { pid: number }).pid;
  };
  const epoch = async (): Promise<unknown> => (await fleet.hosts()).find(({ host }) => host === 'web-02')?.row?.epoch;
  const first = await epoch();
  process.kill(agentPid(), 'SIGKILL');
  // The bus is away for a second at least, but only for an agent that was connected.
  await waitFor(async () => ![undefined, first].includes(await epoch()), 'a row of another agent');

  process.kill(await fleet.hub.pid('fleet-bus'), 'SIGKILL');
  const isAway = async (): Promise<boolean> => /hub of the fleet .* is away/.test(await fleet.web.ok('status'));
  await waitFor(isAway, 'the degradation');
  await waitFor(async () => !(await isAway()), 'the bus to be back');

  const second = agentPid();
  await fleet.web.killEngine();
  await fleet.web.up();
  await waitFor(() => agentPid() !== second, 'the agent of the next engine');
  await fleet.sees('web-02', 'live');
});

test('two machines with the same credential refuse changes until one of them is gone', async () => {
  await using fleet = new TwoHosts();
  await fleet.form();
  await using clone = new HealerHome();
  await clone.up('w - - -- sleep 1000');
  const credential = readFileSync(fleet.web.paths.fleetFile, 'utf8');
  mkdirSync(`${clone.paths.stateDir}/fleet`, { recursive: true });
  writeFileSync(clone.paths.fleetFile, credential);
  for (const home of [fleet.web, clone]) {
    const isNamed = async (): Promise<boolean> =>
      (await home.ok('status')).includes('another machine uses the fleet credential');
    await waitFor(isNamed, 'both machines to notice');
  }
  const refused = await fleet.hub.run('--host', 'fleet:web-02', 'restart', 'w');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/another machine uses the fleet credential of "web-02"/);
  expect(await fleet.web.ok('ls')).toContain('running');
  await clone.ok('fleet', 'leave');
  await waitFor(async () => !(await fleet.web.ok('status')).includes('another machine'), 'the collision to end');
});

test('the agent of a killed engine shows that the engine is away, until `down` or `fleet leave` ends it', async () => {
  await using fleet = new TwoHosts();
  await fleet.form();
  await fleet.sees('hub-01', 'live');
  await fleet.web.killEngine();
  const isAway = async (): Promise<boolean> =>
    /"engine": ?"away"/.test(await fleet.hub.ok('fleet', 'ls', 'web-02', '--json'));
  await waitFor(isAway, 'the engine to be shown as away');
  const down = await fleet.web.run('down');
  expect(down.stderr).toMatch(/Ended the fleet agent \(pid \d+\) of an engine that was killed/);
  expect(down.stdout).toMatch(/stopped 1 program that an earlier engine had left/);
  await fleet.sees('web-02', 'left');
  expect(fleet.web.survivors()).toEqual([]);

  await fleet.web.up();
  await fleet.sees('web-02', 'live');
  await fleet.web.killEngine();
  await fleet.web.ok('fleet', 'leave');
  await fleet.sees('web-02', 'left');
  await fleet.web.up();
  await fleet.web.down();
});
