import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostKey } from '../../src/fleet/contract/names.ts';
import { writeHostEntry } from '../../src/fleet/contract/facts.ts';
import { writeRow, type FleetRow } from '../../src/fleet/contract/row.ts';
import { BUCKETS, hostSubject } from '../../src/fleet/contract/subjects.ts';
import { type BareBus, startBareBus, writeBareCredential } from '../support/bare-bus.ts';
import { fleetRow } from '../support/fleet-rows.ts';
import { type CliHome, createCliHome, finished } from '../support/run-cli.ts';
import { waitFor } from '../support/wait-for.ts';

let bus: BareBus;
let home: CliHome;
let publish: (row: Partial<FleetRow>) => Promise<void>;

beforeAll(async () => {
  bus = await startBareBus();
  home = await createCliHome();
  writeBareCredential(home.paths.configDir, bus.port);
  const nats = await bus.connect();
  publish = async (row) => {
    const whole = fleetRow(row);
    nats.publish(hostSubject(whole.site, whole.host, 'row'), writeRow(whole));
    await nats.flush();
  };
  const invited = {
    site: 'eu',
    host: 'new-01',
    labels: { role: 'db' },
    invitedAt: 1,
    invitedBy: 'ann',
    fencedAt: null,
  };
  nats.publish(`$KV.${BUCKETS.hosts}.${hostKey('eu', 'new-01')}`, writeHostEntry(invited));
  await publish({ host: 'web-01' });
  await publish({
    host: 'web-02',
    counts: { running: 2, cooldown: 1 },
    worst: [{ id: 'cron', state: 'cooldown', unhealthy: false, until: fleetRow().at + 3_600_000, why: null }],
  });
  await publish({ host: 'web-03', bye: true });
});
afterAll(async () => {
  await home.remove();
  await bus[Symbol.asyncDispose]();
});

test('lists the hosts, those that need attention first', async () => {
  const { code, stdout, stderr } = await home.run(['fleet', 'ls']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^HOST +SITE +STATE +SEEN +PROGRAMS +BAD +CPU % +MEM % +VERSION +LABELS +ATTENTION$/);
  expect(lines[1]).toMatch(/^web-02 +eu +live +now +3 +1 .* cron cooldown 59m \d\ds$/);
  expect(lines.slice(2).map((line) => line.split(/ +/)[0])).toEqual(['web-01', 'new-01', 'web-03']);
  expect(stdout).toMatch(/new-01 +eu +never +never .* role=db +has not joined, or its engine has not run since/);
});

test('prints what is known about the selected hosts as JSON', async () => {
  const { stdout } = await home.run(['fleet', 'ls', 'web-*', '!healthy', 'live', '--json']);
  expect(JSON.parse(stdout)).toMatchObject([
    {
      host: 'web-02',
      site: 'eu',
      presence: 'live',
      healthy: false,
      badPrograms: 1,
      row: { counts: { running: 2, cooldown: 1 }, at: '2025-11-29T15:26:40.000Z' },
      facts: null,
    },
  ]);
});

test.each([
  [['web-99'], 1, 'healer: no host is called "web-99"; did you mean "web-01"?\n'],
  [['bad>many'], 2, 'healer: "bad>many": "many" is not a number\n'],
])('refuses the selector %j', async (words, code, stderr) => {
  expect(await home.run(['fleet', 'ls', ...words])).toMatchObject({ code, stdout: '', stderr });
});

test('follows changes until Ctrl-C', async () => {
  const child = home.spawn(['fleet', 'ls', '--watch', '--interval', '100ms', 'live', '--json']);
  let printed = '';
  child.stdout.on('data', (text: Buffer) => (printed += text.toString()));
  const end = finished(child);
  await waitFor(() => printed.includes('\n'), 'the first list');
  await publish({ host: 'web-04' });
  await waitFor(() => printed.trimEnd().split('\n').at(-1)?.includes('web-04'), 'the new host');
  child.kill('SIGINT');
  expect(await end).toMatchObject({ code: 130, stderr: '' });
});

test('says what to do without a credential, and when the bus is away', async () => {
  const empty = await createCliHome();
  try {
    const without = await empty.run(['fleet', 'ls']);
    expect(without).toMatchObject({ code: 1, stderr: expect.stringMatching(/holds no credential.*healer fleet init/) });
    writeBareCredential(empty.paths.configDir, 1);
    const away = await empty.run(['fleet', 'ls']);
    expect(away).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^healer: cannot reach the hub at 127.0.0.1:1/),
    });
  } finally {
    await empty.remove();
  }
});

test.each([
  [['fleet'], '"healer fleet" needs a command — use one of ls'],
  [['fleet', 'lss'], '"healer fleet" has no command "lss" — did you mean "healer fleet ls"?'],
])('%j names the commands', async (words, problem) => {
  const { code, stderr } = await home.run(words);
  expect(code).toBe(2);
  expect(stderr).toContain(`healer: ${problem}`);
});
