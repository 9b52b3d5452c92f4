import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemdUnit, type UnitFacts } from '../../src/cli/engine/systemd-unit.ts';
import { ENGINE_NODE_OPTIONS } from '../../src/config/instance/engine-arguments.ts';
import { requireTool } from '../support/require-tool.ts';
import { CLI, type CliHome, createCliHome } from '../support/run-cli.ts';

let home: CliHome;
beforeEach(async () => {
  home = await createCliHome();
});
afterEach(() => home.remove());

const FACTS: UnitFacts = {
  scope: 'system',
  instance: 'default',
  node: '/usr/bin/node',
  cli: '/opt/healer/dist/cli.js',
  workingDirectory: '/srv/100% mine',
  environment: { PATH: '/usr/bin:/odd "one" \\ $HOME %h' },
  userName: 'deploy',
  canNotify: true,
};

describe('the unit', () => {
  test('keeps programs running if the engine dies, and stops them when the unit is stopped', () => {
    const unit = systemdUnit(FACTS);
    expect(unit).toMatchInlineSnapshot(`
      "# Written by "healer startup systemd"
      [Unit]
      Description=healer keeps programs alive (instance default)
      Wants=network-online.target
      After=network-online.target
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

  test('escapes characters that systemd would expand', () => {
    const unit = systemdUnit({ ...FACTS, node: '/opt/$x/no de' });
    expect(unit).toContain('WorkingDirectory=/srv/100%% mine\n');
    expect(unit).toContain('Environment="PATH=/usr/bin:/odd \\"one\\" \\\\ $HOME %%h"\n');
    expect(unit).toContain(
      'ExecStart="/opt/$$x/no de" --max-semi-space-size=2 --v8-pool-size=1 /opt/healer/dist/cli.js up --foreground --instance default\n',
    );
  });

  test('uses no notifications if the native library is missing', () => {
    const unit = systemdUnit({ ...FACTS, canNotify: false });
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
      `ExecStart=${process.execPath} ${ENGINE_NODE_OPTIONS.join(' ')} ${CLI} up --foreground --instance default\n`,
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
    [['startup', 'launchd'], /unknown init system "launchd" — use "systemd"/],
    [['startup', 'systemd', '--user', '--system'], /--user and --system exclude each other — choose one/],
  ])('%j is refused', async (args, sentence) => {
    const { code, stderr } = await home.run(args);
    expect(stderr).toMatch(sentence);
    expect(code).toBe(2);
  });
});
