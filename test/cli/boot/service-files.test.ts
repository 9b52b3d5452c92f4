import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BootFacts } from '../../../src/cli/boot/boot-facts.ts';
import { INIT_SYSTEMS, ownInitSystem } from '../../../src/cli/boot/init-systems.ts';
import { requireTool } from '../../support/require-tool.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'healer-service-')));
afterAll(() => {
  rmSync(root, { recursive: true });
});

/** Everything that a shell, systemd or XML could expand. */
const ODD = join(root, `it's $HOME 50%h "odd" & <b> \\ ;x`);
const NODE = join(ODD, 'no de');
const CLI = join(ODD, 'cli.js');
const ENVIRONMENT = { PATH: `/usr/bin:/bin:${ODD}`, HEALER_HOME: ODD };

const facts: BootFacts = {
  scope: 'system',
  instance: 'blue',
  launch: { node: NODE, cli: CLI, versions: null },
  workingDirectory: ODD,
  environment: ENVIRONMENT,
  folders: [ODD],
  engineLog: join(ODD, 'engine.log'),
  userName: 'root',
  canNotify: true,
};
const managed: BootFacts = {
  ...facts,
  launch: { ...facts.launch, versions: { folder: ODD, current: 'v1', node: 'bin/node', cli: 'cli.js' } },
};

beforeAll(() => {
  mkdirSync(ODD);
  writeFileSync(NODE, '#!/bin/sh\nprintf "%s|" "$0" "$@" "$PWD" "$HEALER_HOME"\n');
  chmodSync(NODE, 0o755);
  writeFileSync(CLI, '');
  mkdirSync(join(ODD, 'v1/bin'), { recursive: true });
  copyFileSync(NODE, join(ODD, 'v1/bin/node'));
  writeFileSync(join(ODD, 'v1/cli.js'), '');
});

const [systemd, openrc, launchd] = INIT_SYSTEMS;
const OPTIONS = ['--max-semi-space-size=2', '--v8-pool-size=1'];
const words = (node: string, cli: string): string[] => [
  node,
  ...OPTIONS,
  cli,
  'up',
  '--foreground',
  '--instance',
  'blue',
];

test.each(INIT_SYSTEMS.map((system) => [system.name, system] as const))(
  'what %s reads is what was written',
  (_name, system) => {
    expect(system.read(system.write(facts))).toEqual({
      environment: ENVIRONMENT,
      workingDirectory: ODD,
      userName: 'root',
    });
  },
);

test.each([
  ['linux', ['/run/systemd/system', '/sbin/openrc-run'], 'systemd'],
  ['linux', ['/sbin/openrc-run'], 'openrc'],
  ['linux', [], 'systemd'],
  ['darwin', [], 'launchd'],
])('on %s with %j, the init system is %s', (platform, files, expected) => {
  expect(ownInitSystem(platform, (path) => files.includes(path)).name).toBe(expected);
});

describe('systemd', () => {
  test.each([
    ['one Node', facts],
    ['versions of Node', managed],
  ])('accepts a unit with odd paths and %s', (_what, of) => {
    requireTool('systemd-analyze');
    const file = join(root, 'healer-blue.service');
    writeFileSync(file, systemd?.write(of) ?? '');
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
    // It names an executable that it cannot find, and every word that it cannot parse.
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('OpenRC', () => {
  /** Starts the command as the functions of OpenRC do: they evaluate the variables of the script once more. */
  function started(script: string): readonly string[] {
    const file = join(root, 'healer');
    const run = [
      `. "$1"; [ "$supervisor" = supervise-daemon ] || exit 1`,
      'supervise() { while [ "$1" != -- ]; do case $1 in --chdir) cd "$2"; shift 2;; --*) shift 2;; *) program=$1; shift;; esac; done; shift; "$program" "$@"; }',
      'eval supervise --retry $retry --chdir $directory --stdout ${output_log} --user $command_user $command -- $command_args',
    ].join('\n');
    writeFileSync(file, script);
    const { stdout, stderr, status } = spawnSync('sh', ['-c', run, 'sh', file], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin' },
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    return stdout.split('|').slice(0, -1);
  }

  test.each([
    ['one Node', facts, NODE, CLI],
    ['versions of Node', managed, join(ODD, 'v1/bin/node'), join(ODD, 'v1/cli.js')],
  ])('starts the engine in the folder with the environment, with odd paths and %s', (_what, of, node, cli) => {
    expect(started(openrc?.write(of) ?? '')).toEqual([...words(node, cli), ODD, ODD]);
  });

  test('finds a service script with a dependency function that any shell can read', () => {
    const script = openrc?.write(facts) ?? '';
    expect(script).toMatch(/^#!\/sbin\/openrc-run\n# Written by "healer startup openrc"\n/);
    const calls = spawnSync(
      'sh',
      ['-c', `need() { echo "need $*"; }; use() { echo "use $*"; }; after() { echo "after $*"; }\n${script}\ndepend`],
      {
        encoding: 'utf8',
      },
    );
    expect(calls.stdout).toBe('need localmount\nuse net logger\nafter firewall\n');
  });
});

describe('launchd', () => {
  test('reads the property list as it is meant', () => {
    requireTool('python3');
    const python = 'import json, plistlib, sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))';
    const { stdout, stderr } = spawnSync('python3', ['-c', python], { input: launchd?.write(facts), encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      Label: 'healer.blue',
      ProgramArguments: words(NODE, CLI),
      WorkingDirectory: ODD,
      UserName: 'root',
      EnvironmentVariables: ENVIRONMENT,
      StandardOutPath: join(ODD, 'engine.log'),
      StandardErrorPath: join(ODD, 'engine.log'),
      RunAtLoad: true,
      KeepAlive: { SuccessfulExit: false },
      AbandonProcessGroup: true,
      ExitTimeOut: 120,
      SoftResourceLimits: { NumberOfFiles: 65_536 },
    });
  });
});
