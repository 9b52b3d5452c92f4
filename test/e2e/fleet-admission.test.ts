import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { hubFiles } from '../../src/fleet/hub/hub-file.ts';
import { freePort } from '../support/free-port.ts';
import { HealerHome } from '../support/healer-home.ts';
import { TwoHosts } from '../support/two-hosts.ts';
import { waitFor } from '../support/wait-for.ts';

/** Returns an address of this machine that is not loopback. */
function ownAddress(): string {
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  // The name of the machine leads to an address that healer takes for one that others can reach.
  return found?.address ?? '127.0.0.1';
}

/** Resolves to the first line that a server sends, which describes it before any encryption. */
function greeting(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(String(data));
    });
    socket.once('error', reject);
  });
}

test.each([
  [[], true],
  [['--insecure'], false],
])('beyond loopback the hub requires TLS, with %j: %j', async (options, hasTls) => {
  await using fleet = new TwoHosts();
  const port = await freePort();
  // Behind a name, the hub is reached from elsewhere.
  const place = ['--listen', `127.0.0.1:${String(port)}`, '--advertise', ownAddress(), '--advertise', '127.0.0.1'];
  await fleet.hub.ok('fleet', 'init', ...place, '--name', 'hub-01', ...options);
  expect(JSON.parse((await greeting('127.0.0.1', port)).slice('INFO '.length))).toMatchObject(
    hasTls ? { tls_required: true } : { auth_required: true },
  );
  await fleet.web.up('w - - -- sleep 1000');
  const line = await fleet.invite('web-02');
  await fleet.web.ok('fleet', 'join', line);
  await fleet.sees('web-02', 'live');
  expect(await fleet.hub.ok('--host', 'fleet:web-02', 'ls', '--json')).toContain('"w"');
  const doctor = (await fleet.hub.run('fleet', 'doctor')).stdout;
  expect(doctor.includes('without TLS')).toBe(!hasTls);
  if (hasTls) {
    expect(doctor).toContain('certificate');
    // A man in the middle has no certificate of this authority.
    const credential = JSON.parse(readFileSync(join(fleet.hub.paths.configDir, 'fleet.json'), 'utf8')) as object;
    const servers = [`127.0.0.1:${String(port)}`];
    const { createAuthority } = await import('../../src/fleet/hub/certificates.ts');
    const other = createAuthority('healer fleet').certificate;
    writeFileSync(join(fleet.hub.paths.configDir, 'fleet.json'), JSON.stringify({ ...credential, ca: other, servers }));
    const refused = await fleet.hub.run('fleet', 'ls');
    expect(refused.stderr).toMatch(/certificate .*ask for a new invitation/);
  }
});

test('hosts of a file are invited with their labels, and each joins with its file once', async () => {
  await using fleet = new TwoHosts();
  await fleet.hub.ok('fleet', 'init', '--listen', `127.0.0.1:${String(await freePort())}`, '--name', 'hub-01');
  const hosts = fleet.hub.write(
    'hosts.txt',
    '# production\nweb-001 role=web rack=r1\nweb-002.example role=web\n\ndb-001 role=db\n',
  );
  const out = join(fleet.hub.folder, 'invitations');
  await fleet.hub.ok('fleet', 'invite', '--file', hosts, '--out', out, '--label', 'site-kind=test', '--expires', '3d');
  expect(readdirSync(out).sort()).toEqual(['db-001', 'web-001', 'web-002-example']);
  for (const name of readdirSync(out)) expect(statSync(join(out, name)).mode & 0o077).toBe(0);

  const file = join(out, 'web-001');
  await fleet.web.up('w - - -- sleep 1000');
  await fleet.web.ok('fleet', 'join', '--file', file);
  await fleet.sees('web-001', 'live');
  const again = await fleet.web.run('fleet', 'join', '--file', file);
  expect({ code: again.code, isNamed: again.stderr.includes('already belongs') }).toEqual({ code: 1, isNamed: true });
  await using thief = new HealerHome();
  expect((await thief.run('fleet', 'join', '--file', file)).stderr).toMatch(/already used .* on .*--replace/);

  const listed = JSON.parse(await fleet.hub.ok('fleet', 'ls', 'role=web', '--json')) as {
    host: string;
    labels: object;
  }[];
  expect(listed.map(({ host }) => host).sort()).toEqual(['web-001', 'web-002-example']);
  expect(listed.find(({ host }) => host === 'web-001')?.labels).toEqual({
    role: 'web',
    rack: 'r1',
    'site-kind': 'test',
  });
  const wrong = fleet.hub.write('wrong.txt', 'web-003\nweb-004 notalabel\n');
  expect((await fleet.hub.run('fleet', 'invite', '--file', wrong, '--out', out)).stderr).toMatch(
    /wrong\.txt:2: "notalabel"/,
  );
  expect(readdirSync(out)).not.toContain('web-003');
});

test('a host claims labels of its own, at once and under those of operators', async () => {
  await using fleet = new TwoHosts();
  await fleet.form();
  await fleet.web.ok('config', 'set', 'fleet', '{"allow":"read","labels":{"role":"web","rack":"r9"}}');
  await waitFor(async () => {
    const listed = await fleet.hub.run('fleet', 'ls', 'rack=r9');
    if (!listed.stdout.includes('web-02')) throw new Error(JSON.stringify(listed));
    return true;
  }, 'the label');
  const events = await fleet.web.ask((api) => api.events({ kinds: ['config-changed'], limit: 50 }));
  expect(events.map(({ reason }) => reason)).toContain('the fleet settings changed');
  const refused = await fleet.hub.run('--host', 'fleet:web-02', 'restart', 'w');
  expect(refused.stderr).toMatch(/no more than "read"/);
});

test('persons see and change what their roles permit', async () => {
  await using fleet = new TwoHosts();
  await fleet.form();
  await fleet.web.ok('add', 'v', '--', 'sleep', '1000');
  await using person = new HealerHome();
  const become = async (...args: readonly string[]): Promise<void> => {
    await person.ok('fleet', 'join', '--replace', await fleet.invite('--replace', ...args));
  };
  const restart = (...args: readonly string[]) => person.run('--host', 'fleet:web-02', ...args);

  await become('--role', 'viewer', 'vera');
  expect((await person.ok('fleet', 'ls')).includes('web-02')).toBe(true);
  expect((await restart('restart', 'w')).stderr).toMatch(/"vera" \(viewer\) does not permit "restart"/);
  expect((await person.run('fleet', 'restart', 'w', '-l', 'all', '--yes')).code).toBe(5);

  await become('--role', 'operator', 'otto', '--verbs', 'restart,stop');
  expect((await restart('restart', 'w')).code).toBe(0);
  expect((await restart('restart', 'w', 'v')).code).toBe(0);
  expect((await person.run('fleet', 'restart', 'w', 'v', '-l', 'web-*', '--yes')).code).toBe(0);
  expect((await restart('kill', 'w')).stderr).toMatch(/"otto" \(operator\) does not permit "kill"/);
  expect((await person.run('fleet', 'kill', 'w', 'v', '-l', 'web-*', '--yes')).stdout).toMatch(/web-02 {2}refused/);

  await become('--role', 'operator', 'eva', '--site', 'eu');
  expect((await restart('restart', 'w')).stderr).toMatch(/"eva" \(operator\) does not permit "restart"/);
  expect((await person.run('fleet', 'restart', 'w', '-l', 'web-*', '--yes')).stdout).toMatch(
    /limited to the site "eu"/,
  );

  await become('--role', 'admin', 'ada');
  expect((await restart('restart', 'w')).code).toBe(0);
  await fleet.hub.ok('fleet', 'fence', 'ada');
  expect((await person.run('fleet', 'ls')).stderr).toMatch(/refused the credential of "ada"/);
  const unknown = await fleet.hub.run(
    'fleet',
    'invite',
    '--role',
    'operator',
    'otto',
    '--verbs',
    'restrat',
    '--replace',
  );
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "restart"?') });
});

test('only the owner can read keys and credentials', async () => {
  await using fleet = new TwoHosts();
  await fleet.form();
  const { hub, key, serverConfig, accounts, store } = hubFiles(fleet.hub.paths.stateDir);
  const files = [hub, serverConfig, accounts, store, fleet.web.paths.fleetFile];
  for (const path of [...files, join(fleet.hub.paths.configDir, 'fleet.json')]) {
    expect({ path, mode: statSync(path).mode & 0o077 }).toEqual({ path, mode: 0 });
  }
  expect(() => statSync(key)).toThrow('ENOENT');
});
