import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hubFiles } from '../../src/fleet/hub/hub-file.ts';
import { HealerHome } from '../support/healer-home.ts';
import type { HostJson } from '../support/two-hosts.ts';
import { TwoHosts } from '../support/two-hosts.ts';
import { waitFor } from '../support/wait-for.ts';

test('a hub whose machine is lost is created again from its backup, and hosts need no new invitation', async () => {
  await using fleet = new TwoHosts();
  await fleet.form();
  const file = join(fleet.hub.folder, 'backup.json');
  expect(await fleet.hub.ok('fleet', 'backup', file)).toMatch(/3 members/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await fleet.hub.down();

  await using other = new HealerHome();
  await other.ok('fleet', 'init', '--restore', file, '--name', 'hub-02');
  const isLive = async (): Promise<boolean> => {
    const hosts = JSON.parse(await other.ok('fleet', 'ls', '--json')) as readonly HostJson[];
    return hosts.some(({ host, presence }) => host === 'web-02' && presence === 'live');
  };
  await waitFor(isLive, '"web-02" to be live');
  expect((await other.run('--host', 'fleet:web-02', 'restart', 'w')).code).toBe(0);
  expect((await other.run('fleet', 'doctor')).stdout).toContain('errors: 0');
});

test('a file that is not a backup, or would move a hub away from its hosts, is refused and changes nothing', async () => {
  await using home = new HealerHome();
  const file = join(home.folder, 'backup.json');
  for (const text of ['', '{}', '[]', '{"version":1,"listen":"127.0.0.1"}', '{"version":2}']) {
    writeFileSync(file, text);
    const { code, stderr } = await home.run('fleet', 'init', '--restore', file);
    expect([code, stderr]).toEqual([2, expect.stringContaining('is not a backup of a hub')]);
  }
  const { code, stderr } = await home.run('fleet', 'backup', file);
  expect([code, stderr]).toEqual([1, expect.stringContaining('not the hub of a fleet')]);
  expect(() => readFileSync(hubFiles(home.paths.stateDir).hub)).toThrow('ENOENT');
});
