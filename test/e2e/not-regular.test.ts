import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Paths } from '../../src/config/instance/paths.ts';
import { HealerHome } from '../support/healer-home.ts';

/** What may lie in the place of a file. Opening a FIFO blocks. */
const KINDS: Readonly<Record<string, (path: string) => void>> = {
  'a FIFO': (path) => execFileSync('mkfifo', [path]),
  'a folder': (path) => {
    mkdirSync(path);
  },
};

/** The files that an engine opens when it starts. What lies in their place is moved away. */
const STATE: readonly (keyof Paths)[] = [
  'stateFile',
  'sourcesFile',
  'cooldownFile',
  'holdFile',
  'totalsFile',
  'alertsFile',
  'healingLog',
  'engineLog',
];

describe.each(Object.entries(KINDS))('%s', (_kind, put) => {
  test.each(STATE)('in place of the %s does not hold up an engine, which reports it', async (name) => {
    await using home = new HealerHome();
    const path = home.paths[name];
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    put(path);
    await home.up('web - - -- sleep 100000');
    await home.state('web', 'running');
    await home.event('file-corrupt', ({ reason }) => reason.includes(`"${path}" is not a file; it was moved to "`));
    await home.down();
    expect(statSync(path, { throwIfNoEntry: false })?.isFile() ?? true).toBe(true);
  });

  test.each(['email_config.txt', 'alerts_config.txt'])(
    'in place of %s is reported, and the engine starts',
    async (name) => {
      await using home = new HealerHome();
      const path = join(home.paths.configDir, name);
      mkdirSync(home.paths.configDir, { recursive: true, mode: 0o700 });
      put(path);
      await home.up('web - - -- sleep 100000');
      await home.state('web', 'running');
      const { code, stdout, stderr } = await home.run('config', 'check');
      expect(code).toBe(1);
      expect(stdout + stderr).toContain(path);
      await home.down();
    },
  );

  test('in place of the registry is reported, and the other programs start', async () => {
    await using home = new HealerHome();
    mkdirSync(dirname(home.paths.registryFile), { recursive: true, mode: 0o700 });
    put(home.paths.registryFile);
    home.list('web - - -- sleep 100000');
    const { stderr } = await home.run('up', '-f', home.listFile);
    expect(stderr).toContain(home.paths.registryFile);
    await home.state('web', 'running');
    const added = await home.run('add', 'more', '--', 'sleep', '100000');
    expect(added.code).toBe(1);
    expect(added.stderr).toContain(home.paths.registryFile);
    await home.down();
  });

  test('in place of a list, a YAML file or a file to import is refused', async () => {
    await using home = new HealerHome();
    const path = join(home.folder, 'healer.yaml');
    put(path);
    for (const args of [
      ['up', '-f', path],
      ['config', 'check', path],
      ['import', path, '--stdout'],
    ]) {
      const { code, stdout, stderr } = await home.run(...args);
      expect([1, 2], `${args.join(' ')}: ${stdout}${stderr}`).toContain(code);
      expect(stderr + stdout).toContain(path);
    }
    rmSync(path, { recursive: true });
    home.write('Procfile', 'web: sleep 100000\n');
    put(join(home.folder, '.env'));
    const { code, stderr } = await home.run('import', 'Procfile', '--stdout');
    expect(code).toBe(1);
    expect(stderr).toContain('.env');
  });
});
