import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BootFacts } from '../../src/cli/boot/boot-facts.ts';
import { systemdUnit } from '../../src/cli/boot/systemd-unit.ts';
import { ENGINE_NODE_OPTIONS } from '../../src/config/instance/engine-arguments.ts';
import { requireTool } from '../support/require-tool.ts';
import { CLI, type CliHome, createCliHome } from '../support/run-cli.ts';

let home: CliHome;
beforeEach(async () => {
  home = await createCliHome();
});
afterEach(() => home.remove());

const MARK = '# Written by "healer startup systemd"';
const FACTS: BootFacts = {
  scope: 'system',
  instance: 'default',
  launch: { node: '/usr/bin/node', cli: '/opt/healer/dist/cli.js', versions: null },
  workingDirectory: '/srv/100% mine',
  environment: { PATH: '/usr/bin:/odd "one" \\ $HOME %h' },
  folders: ['/home/deploy/.config/healer', '/srv/100% "mine"'],
  engineLog: '/home/deploy/engine.log',
  userName: 'deploy',
  canNotify: true,
};

describe('the unit', () => {
  test('keeps programs running if the engine dies, and stops them when the unit is stopped', () => {
    const unit = systemdUnit(FACTS, MARK);
    expect(unit).toMatchInlineSnapshot(`
      "# Written by "healer startup systemd"
      [Unit]
      Description=healer keeps programs alive (instance default)
      Wants=network-online.target
      After=network-online.target
      RequiresMountsFor="/home/deploy/.config/healer" "/srv/100%% \\"mine\\""
      StartLimitIntervalSec=0

      [Service]
      Type=notify
      NotifyAccess=main
      WatchdogSec=30
      User=deploy
      Environment="PATH=/usr/bin:/odd \\"one\\" \\\\ $HOME %%h"
      WorkingDirectory=/srv/100%% mine
      ExecStart=/usr/bin/node --max-semi-space-size=2 --v8-pool-size=1 /opt/healer/dist/cli.js up --foreground --instance default
      # After "healer down" the engine is not running, which is not a failure.
      ExecStop=-/usr/bin/node /opt/healer/dist/cli.js down --instance default
      Restart=on-failure
      RestartSec=1
      # Programs keep running if the engine dies; the next engine adopts them.
      KillMode=process
      TimeoutStopSec=120
      TimeoutStartSec=300
      Delegate=yes
      LimitNOFILE=65536
      OOMPolicy=continue

      [Install]
      WantedBy=multi-user.target
      "
    `);
  });

  test('escapes characters that systemd would expand, and a dollar sign only where it expands variables', () => {
    const launch = { node: '/opt/$x/no de', cli: '/opt/$y/50%/cli.js', versions: null };
    const unit = systemdUnit({ ...FACTS, launch }, MARK);
    expect(unit).toContain('WorkingDirectory=/srv/100%% mine\n');
    expect(unit).toContain('Environment="PATH=/usr/bin:/odd \\"one\\" \\\\ $HOME %%h"\n');
    expect(unit).toContain(
      'ExecStart="/opt/$x/no de" --max-semi-space-size=2 --v8-pool-size=1 "/opt/$$y/50%%/cli.js" up --foreground --instance default\n',
    );
  });

  test('uses no notifications if the native library is missing', () => {
    const unit = systemdUnit({ ...FACTS, canNotify: false }, MARK);
    expect(unit).toContain('Type=exec\n');
    expect(unit).not.toContain('Watchdog');
  });
});

test.each(['--user', '--system'])('systemd accepts a unit of scope %s', async (scope) => {
  requireTool('systemd-analyze');
  const { stdout } = await home.run(['startup', 'systemd', scope, '--instance', 'blue']);
  const file = join(home.folder, 'healer-blue.service');
  writeFileSync(file, stdout);
  const args = ['verify', ...(scope === '--user' ? ['--user'] : []), file];
  const env = { ...process.env, XDG_RUNTIME_DIR: home.folder };
  const verified = spawnSync('systemd-analyze', args, { encoding: 'utf8', env });
  expect({ status: verified.status, problems: verified.stderr }).toEqual({ status: 0, problems: '' });
});

describe('startup systemd', () => {
  test('prints a unit with the paths of this installation and the HEALER_HOME of this shell', async () => {
    writeFileSync(join(home.folder, 'process_list.txt'), '');
    const { code, stdout, stderr } = await home.run(['startup', 'systemd', '--user']);
    expect(code).toBe(0);
    expect(stdout).toContain(
      `ExecStart=${process.execPath} ${ENGINE_NODE_OPTIONS.join(' ')} ${CLI.replace(/js$/, 'cjs')} up --foreground --instance default\n`,
    );
    expect(stdout).toContain(`Environment="HEALER_HOME=${home.folder}"\n`);
    expect(stdout).toContain(`WorkingDirectory=${home.folder}\n`);
    expect(stderr).toContain('loginctl enable-linger');
  });

  test('writes it where systemd finds it, can repeat that, and keeps a file that healer did not write', async () => {
    const env = { XDG_CONFIG_HOME: join(home.folder, 'xdg') };
    const unit = join(home.folder, 'xdg/systemd/user/healer.service');
    for (let round = 0; round < 2; round += 1) {
      expect((await home.run(['startup', 'systemd', '--user', '--write'], { env })).code).toBe(0);
    }
    expect(readFileSync(unit, 'utf8')).toContain('[Service]');
    expect(statSync(unit).mode & 0o777).toBe(0o644);

    writeFileSync(unit, '[Unit]\nDescription=mine\n');
    const { code, stderr } = await home.run(['startup', 'systemd', '--user', '--write'], { env });
    expect(code).toBe(1);
    expect(stderr).toContain('was not written by healer');
    expect(readFileSync(unit, 'utf8')).toContain('mine');
  });

  test.each([
    [['startup', 'upstart'], /unsupported init system "upstart" — use one of "systemd", "openrc", "launchd"/],
    [['startup', 'openrc', '--user'], /openrc starts system services only — omit --user/],
    [['startup', 'systemd', '--user', '--system'], /--user and --system exclude each other — choose one/],
  ])('%j is refused', async (args, sentence) => {
    const { code, stderr } = await home.run(args);
    expect(stderr).toMatch(sentence);
    expect(code).toBe(2);
  });
});

describe('configuration and state at boot', () => {
  const USER = ['startup', 'systemd', '--user'];
  const unit = (): string => join(home.folder, 'xdg/systemd/user/healer.service');
  const withoutHome = (): Record<string, string> => {
    return { HEALER_HOME: '', HOME: home.folder, XDG_CONFIG_HOME: join(home.folder, 'xdg'), XDG_STATE_HOME: '' };
  };

  test('are those of this shell, also without HEALER_HOME', async () => {
    const { stdout, stderr } = await home.run(USER, { env: withoutHome() });
    expect(stdout).toContain(`Environment="HOME=${home.folder}"\n`);
    expect(stdout).toContain(`Environment="XDG_CONFIG_HOME=${join(home.folder, 'xdg')}"\n`);
    expect(stdout).not.toContain('HEALER_HOME');
    expect(stderr).toContain(
      `the configuration in "${join(home.folder, 'xdg/healer')}" and the state in "${join(home.folder, '.local/state/healer/default')}"`,
    );
  });

  test('a system service of root uses them as well', async () => {
    const { stdout } = await home.run(['startup', 'systemd', '--system'], { env: withoutHome() });
    expect(stdout).not.toContain('/var/lib/healer');
    expect(stdout).toContain(`Environment="HOME=${home.folder}"\n`);
    expect(stdout).toMatch(/^RequiresMountsFor=".*\/xdg\/healer" ".*\/\.local\/state\/healer\/default"$/m);
  });

  test('keep the HEALER_HOME of the installed file, and say so', async () => {
    const env = withoutHome();
    expect((await home.run([...USER, '--write'], { env: { ...env, HEALER_HOME: '/var/lib/healer' } })).code).toBe(0);
    const { stdout, stderr } = await home.run([...USER, '--write'], { env });
    expect(stderr).toContain(
      'the installed file uses HEALER_HOME=/var/lib/healer, which is kept; commands from this shell',
    );
    expect(stdout).toContain('HEALER_HOME=/var/lib/healer healer status');
    expect(readFileSync(unit(), 'utf8')).toContain('Environment="HEALER_HOME=/var/lib/healer"\n');
  });

  test('a path that no service file can contain is refused', async () => {
    const odd = join(home.folder, 'line\nbreak');
    const { code, stderr } = await home.run(USER, { env: { HEALER_HOME: odd } });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /the HEALER_HOME ".*line\\nbreak" cannot be written to a service file — use one without control/,
    );
  });

  test('the files of the last engine are named', async () => {
    const file = join(home.folder, 'process_list.txt');
    mkdirSync(home.paths.stateDir, { recursive: true });
    writeFileSync(home.paths.sourcesFile, JSON.stringify({ ups: [[file]] }));
    const { stderr } = await home.run(USER);
    expect(stderr).toContain(`it continues with the files of the last engine: ${file}\n`);
  });

  test('a copy of healer in a cache is not written into a file', async () => {
    const cli = join(home.folder, '_npx/ab12/node_modules/healer/dist/cli.js');
    const isNeeded = (path: string): boolean => !path.endsWith('.map');
    cpSync(dirname(CLI), dirname(cli), { recursive: true, verbatimSymlinks: true, filter: isNeeded });
    writeFileSync(join(dirname(cli), '../package.json'), '{"type":"module","version":"0.1.0"}');
    const env = withoutHome();
    const { code, stderr } = await home.run([...USER, '--write'], { env, cli });
    expect(stderr).toMatch(
      /healer runs from a cache that may be emptied \(".*_npx.*"\) — install it with "npm install/,
    );
    expect(code).toBe(2);
  });
});

test('doctor compares the installed file with what would be written now', async () => {
  const env = { XDG_CONFIG_HOME: join(home.folder, 'xdg') };
  const unit = join(home.folder, 'xdg/systemd/user/healer.service');
  const check = async (): Promise<string> => {
    const { stdout } = await home.run(['doctor'], { env });
    return /^\w+ +boot .*(?:\n {5}.*)?$/m.exec(stdout)?.[0] ?? '';
  };
  expect(await check()).toMatch(/^ok +boot +the engine is not started at boot/);
  await home.run(['startup', 'systemd', '--user', '--write'], { env });
  expect(await check()).toMatch(/^ok +boot +".*healer\.service" is up to date$/);
  const text = readFileSync(unit, 'utf8');
  writeFileSync(
    unit,
    text
      .replace(`ExecStart=${process.execPath}`, 'ExecStart=/opt/node-v18/bin/node')
      .replace(/Environment="PATH=.*"/, 'Environment="PATH=/usr/bin:/gone/bin"')
      .replace('Delegate=yes\n', ''),
  );
  const found = await check();
  expect(found).toMatch(/^warning +boot +".*" differs from what healer would write now: /);
  expect(found).toMatch(/Environment="PATH=\/usr\/bin:\/gone\/bin" would become Environment="PATH=/);
  expect(found).toMatch(/ExecStart=\/opt\/node-v18\/bin\/node .* would become ExecStart=\//);
  expect(found).toContain('Delegate=yes is missing');
  expect(found).toMatch(/fix: healer startup systemd --user --write && systemctl --user daemon-reload$/);
  await home.run(['startup', 'systemd', '--user', '--write'], { env });
  expect(await check()).toMatch(/is up to date$/);
  writeFileSync(unit, '[Service]\nExecStart=/usr/bin/healer\n');
  expect(await check()).toMatch(/^ok +boot +".*" was not written by healer, so it is not compared$/);
});
