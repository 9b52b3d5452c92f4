import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RpcResponder } from '../../src/fleet/agent/rpc-responder.ts';
import type { Bus } from '../../src/fleet/bus/connect-bus.ts';
import { personCredentialFile, writeCredential } from '../../src/fleet/bus/credential.ts';
import { HubTime } from '../../src/fleet/bus/hub-time.ts';
import { hostSubject } from '../../src/fleet/contract/subjects.ts';
import { writeRow } from '../../src/fleet/contract/row.ts';
import { fleetRow } from '../support/fleet-rows.ts';
import { HealerHome } from '../support/healer-home.ts';
import { NatsHub } from '../support/nats-hub.ts';
import { waitFor } from '../support/wait-for.ts';

const HOST = 'fleet:web-01';

/** Two machines: a home with an engine that is a host of a fleet, and one whose user operates it. */
describe('a host of a fleet, from the command line of another machine', () => {
  let hub: NatsHub;
  let host: HealerHome;
  let operator: HealerHome;
  let bus: Bus;
  let responder: RpcResponder;

  beforeAll(async () => {
    hub = await NatsHub.start();
    host = new HealerHome();
    operator = new HealerHome();
    await host.up('web - - -- sh -c "while :; do echo tick; sleep 0.2; done"', 'db - - -- sleep 100000');
    for (const id of ['web', 'db']) await host.state(id, 'running');
    bus = await hub.connect(await hub.credential('host', 'web-01'));
    const hubTime = new HubTime(bus);
    await hubTime.measure();
    responder = new RpcResponder({
      ...{ nats: bus.nats, site: 'default', host: 'web-01', engine: { socketPath: host.paths.socket } },
      ledgerFile: join(host.paths.stateDir, 'fleet', 'commands'),
      hubNow: () => Promise.resolve(hubTime.now()),
      isColliding: () => false,
    });
    writeCredential(personCredentialFile(operator.paths.configDir), await hub.credential('admin', 'ann'));
    publishRow();
    await bus.nats.flush();
  });

  afterAll(async () => {
    await responder.close();
    await host.down();
    await host[Symbol.asyncDispose]();
    await operator[Symbol.asyncDispose]();
    await hub[Symbol.asyncDispose]();
  });

  function publishRow(): void {
    bus.nats.publish(
      hostSubject('default', 'web-01', 'row'),
      writeRow(fleetRow({ site: 'default', host: 'web-01', seq: Date.now(), at: Date.now() })),
    );
  }

  const asOperator = (...args: readonly string[]) => operator.run('--host', HOST, ...args);

  test.each([
    ['ls', /web +running/],
    ['describe web', /sleep 0\.2/],
    ['why web', /running/],
    ['status', /default/],
    ['events -n 5', /started/],
    ['logs web -n 2', /tick/],
    ['restart db', /restarted "db"/],
    ['stop db', /stopped "db"/],
    ['start db', /started "db"/],
  ])('healer %s', async (command, expected) => {
    const { code, stdout, stderr } = await asOperator(...command.split(' '));
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    expect(stdout).toMatch(expected);
  });

  test.each([
    ['logs web -f -n 1', /tick\n.*tick/s],
    ['events -f', /restarted/],
  ])('healer %s follows', async (command, expected) => {
    const child = operator.spawn('--host', HOST, ...command.split(' '));
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += String(data)));
    const restarting = setInterval(() => void host.ask((api) => api.restart({ id: 'db' })).catch(() => null), 500);
    await waitFor(() => expected.test(output), `"${command}" to print news`);
    clearInterval(restarting);
    child.kill('SIGINT');
  });

  test('the events of the host name who asked', async () => {
    await asOperator('restart', 'db');
    const events = await host.ask((api) => api.events({ kinds: ['restarted'], limit: 50 }));
    expect(events.map(({ data }) => data['by'])).toContain('ann');
  });

  test.each([
    ['a host that never was', ['--host', 'fleet:nothing', 'ls'], /no host of the fleet is called "nothing"/],
    ['a name that cannot be', ['--host', 'fleet:No Host', 'ls'], /is not a host of a fleet/],
    ['a token', ['--host', HOST, '--token-file', '/dev/null', 'ls'], /require no token/],
    ['a command for this machine only', ['--host', HOST, 'up'], /works on this machine only/],
    [
      'what the host refuses',
      ['--host', HOST, 'config', 'set', 'healing', 'observe'],
      /no more than "operate"|trusted/,
    ],
  ])('%s is refused clearly', async (_what, args, expected) => {
    const { code, stderr } = await operator.run(...args);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(expected);
  });

  test('an operation on selected hosts prints the plan, one outcome for each host, and the sum', async () => {
    publishRow();
    await bus.nats.flush();
    const done = await operator.run('fleet', 'restart', 'db', '-l', 'all', '--yes');
    expect(done.stdout).toMatch(/restart db: 1 host, 0 absent, 0 refused\nweb-01 {2}ok {2}db \w+ \(\d+ ms\)\n1 ok\n/);
    expect(done.code).toBe(0);
    publishRow();
    await bus.nats.flush();
    const failed = await operator.run('fleet', 'restart', 'nothing', '-l', 'web-*', '--yes', '--json');
    expect(JSON.parse(failed.stdout)).toMatchObject({
      counts: { failed: 1 },
      outcomes: [{ code: 'PROCESS_NOT_FOUND' }],
    });
    expect(failed.code).toBe(1);
    expect((await operator.run('fleet', 'restart', 'db', '-l', 'all')).stderr).toContain('--yes');
    expect((await operator.run('fleet', 'restart', 'db')).stderr).toContain('-l SELECTOR');
    expect((await operator.run('fleet', 'restart', 'db', '-l', 'us-*', '--yes')).stderr).toContain('no host matches');
  });

  test('a viewer may look, and is refused to change', async () => {
    const viewer = new HealerHome();
    writeCredential(personCredentialFile(viewer.paths.configDir), await hub.credential('viewer', 'bob'));
    expect((await viewer.run('--host', HOST, 'ls')).code).toBe(0);
    const refused = await viewer.run('--host', HOST, 'restart', 'db');
    expect(refused.stderr).toMatch(/the credential of "bob" \(viewer\) does not permit "restart"/);
    publishRow();
    await bus.nats.flush();
    const planned = await viewer.run('fleet', 'restart', 'db', '-l', 'all', '--yes');
    expect(planned).toMatchObject({ code: 5, stdout: expect.stringMatching(/1 refused \(web-01\)/) });
    await viewer[Symbol.asyncDispose]();
  });

  test('a host that is away is absent by name, and was not asked', async () => {
    await responder.close();
    const lost = await asOperator('ls');
    expect(lost.stderr).toMatch(/"web-01" is lost \(last seen .* ago\)/);
    expect(lost.code).toBe(3);
  });
});
