import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { personCredentialFile } from '../../src/fleet/bus/credential.ts';
import { FleetClient } from '../../src/fleet/library/fleet-client.ts';
import { TwoHosts } from '../support/two-hosts.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/library', import.meta.url));

/** Returns the items of an iterator up to the first that fits. */
async function until<T>(items: AsyncIterable<T>, fits: (item: T) => boolean): Promise<readonly T[]> {
  const seen: T[] = [];
  for await (const item of items) {
    seen.push(item);
    if (fits(item)) break;
  }
  return seen;
}

describe('the client of a fleet', () => {
  let fleet: TwoHosts;
  let client: FleetClient;

  beforeAll(async () => {
    fleet = new TwoHosts();
    await fleet.form();
    await fleet.sees('hub-01', 'live');
    client = await FleetClient.connect({ credentialFile: personCredentialFile(fleet.hub.paths.configDir) });
  });

  afterAll(async () => {
    await client.close();
    await fleet[Symbol.asyncDispose]();
  });

  test('lists hosts, or those that a selector selects', async () => {
    expect((await client.hosts()).map(({ host }) => host).sort()).toEqual(['hub-01', 'web-02']);
    expect(await client.hosts('web-*')).toMatchObject([
      { site: 'default', host: 'web-02', presence: 'live', row: { engine: 'up', programs: 1 } },
    ]);
    await expect(client.hosts('web-03')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(client.hosts('bad>')).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
  });

  test('calls the methods of a host', async () => {
    await using host = await client.host('web-02');
    expect(host.host).toBe('web-02');
    expect((await host.list()).map(({ id }) => id)).toEqual(['w']);
    expect(await host.restart('w')).toMatchObject({ id: 'w' });
    await expect(host.start('nothing')).rejects.toMatchObject({ code: 'PROCESS_NOT_FOUND' });
    await expect(client.host('nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('iterates over the events of a host, and over those of selected hosts', async () => {
    await using host = await client.host('default/web-02');
    const own = host.events({ process: 'w' });
    const all = client.events({ selector: 'web-*' });
    const restarting = setInterval(() => void host.restart('w').catch(() => undefined), 500);
    const found = await until(all, ({ event }) => event.kind === 'restarted');
    expect(found.at(-1)).toMatchObject({ site: 'default', host: 'web-02', event: { process: 'w' } });
    await until(own, ({ kind }) => kind === 'restarted');
    clearInterval(restarting);
  });

  test('iterates over rows, and reports hosts that are no longer selected', async () => {
    await fleet.web.state('w', 'running');
    const rows = client.rows({ selector: 'web-* state=running' });
    const { value: first } = await rows.next();
    expect(first).toMatchObject({ host: 'web-02', state: { row: { counts: { running: 1 } } } });
    await fleet.web.ok('stop', 'w');
    const changes = await until(rows, ({ state }) => state === null);
    expect(changes.at(-1)).toEqual({ site: 'default', host: 'web-02', state: null });
    await fleet.web.ok('start', 'w');
  });

  test('operates on selected hosts, and gives each an outcome', async () => {
    await fleet.web.state('w', 'running');
    const { plan, outcomes, counts } = await client.operate('restart', ['w'], 'web-*');
    expect(plan.matched).toEqual([{ site: 'default', host: 'web-02' }]);
    expect(outcomes).toMatchObject([{ host: 'web-02', outcome: 'ok' }]);
    expect(counts).toEqual({ ok: 1, refused: 0, absent: 0, failed: 0, unknown: 0 });
  });

  test('ends iterators by a signal, and when it is closed', async () => {
    const other = await FleetClient.connect({ credentialFile: personCredentialFile(fleet.hub.paths.configDir) });
    const abort = new AbortController();
    const aborted = other.events({ signal: abort.signal }).next();
    const closed = other.rows({ selector: 'fenced' }).next();
    abort.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    await other.close();
    expect(await closed).toEqual({ value: undefined, done: true });
    expect(() => other.rows()).toThrow('closed');
    await expect(other.hosts()).rejects.toThrow('closed');
  });

  test('the example restarts a program and prints the events', async () => {
    await fleet.web.state('w', 'running');
    const child = spawn(process.execPath, [join(EXAMPLES, 'fleet.mjs'), 'w', 'web-*'], { env: fleet.hub.env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += String(data)));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, output }).toEqual({ code: 0, output: expect.any(String) });
    expect(output).toMatch(/^web-02 is live and runs 1 program$/m);
    expect(output).toMatch(/^web-02: ok/m);
    expect(output).toMatch(/^web-02 restarted: /m);
  });

  test('a revoked credential ends iterators with an error', async () => {
    const line = await fleet.invite('--role', 'viewer', 'bob');
    await fleet.web.ok('fleet', 'join', line);
    const bob = await FleetClient.connect({ credentialFile: personCredentialFile(fleet.web.paths.configDir) });
    expect(bob.role).toBe('viewer');
    expect((await bob.operate('restart', ['w'], 'web-*')).counts).toMatchObject({ refused: 1 });
    const rows = bob.rows();
    await rows.next();
    await fleet.hub.ok('fleet', 'fence', 'bob');
    await expect(until(rows, () => false)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(
      FleetClient.connect({ credentialFile: personCredentialFile(fleet.web.paths.configDir) }),
    ).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    await bob.close();
  });

  test('without a credential, it says what to do', async () => {
    await expect(FleetClient.connect({ credentialFile: '/nonexistent/fleet.json' })).rejects.toThrow(
      /holds no credential .*healer fleet init/,
    );
  });
});
