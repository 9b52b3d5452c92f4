import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { examine } from '../../src/cli/doctor/checks.ts';
import type { Diagnosis } from '../../src/cli/doctor/diagnosis.ts';
import { applyRepairs } from '../../src/cli/doctor/fix.ts';
import type { FileFacts, Machine } from '../../src/cli/doctor/machine.ts';
import { repairsOf } from '../../src/cli/doctor/repairs.ts';
import { resolvePaths } from '../../src/config/instance/paths.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';
import { type CliHome, createCliHome } from '../support/run-cli.ts';

/** Returns a machine without problems. */
function machine(changes: Partial<Machine>, files: Readonly<Record<string, string>> = {}): Machine {
  const healthy: Readonly<Record<string, string>> = {
    '/proc/sys/kernel/osrelease': '6.18.1',
    '/proc/self/cgroup': '0::/user.slice\n',
    '/proc/self/mountinfo': '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n',
    '/sys/fs/cgroup/user.slice/cgroup.controllers': 'cpu memory pids\n',
    '/proc/mounts': 'proc /proc proc rw,nosuid 0 0\n',
    '/proc/self/limits':
      'Max open files            65536  65536  files\nMax processes             unlimited unlimited\n',
    ...files,
  };
  const folder: FileFacts = { isDirectory: () => true, uid: 1000, mode: 0o40700 };
  return {
    env: { TERM: 'xterm-256color', LANG: 'C.UTF-8' },
    paths: resolvePaths({ HEALER_HOME: '/home/me/h' }),
    nodeVersion: '20.19.0',
    platform: 'linux',
    uid: 1000,
    userName: 'me',
    isTty: true,
    nativeProblem: null,
    read: (path) => healthy[path] ?? null,
    stat: (path) => (path.startsWith('/home/me') && !/sock$|email|service/.test(path) ? folder : null),
    isWritable: () => true,
    unsafe: () => null,
    freeBytes: () => 2 ** 40,
    entries: () => null,
    engineProblem: () => Promise.resolve('not running'),
    bootFiles: () => [],
    versions: () => Promise.resolve({ engine: null, watcher: null, collector: null }),
    ...changes,
  };
}

async function problemsOn(on: Machine): Promise<readonly Diagnosis[]> {
  return (await examine(on)).filter(({ status }) => status !== 'ok');
}

test('reports no problems on a healthy machine', async () => {
  expect(await problemsOn(machine({}))).toEqual([]);
});

describe('finds', () => {
  const stat = (facts: Partial<FileFacts>): Machine['stat'] => {
    return (path) => (path.endsWith('h/config') ? { isDirectory: () => true, uid: 1000, mode: 0o700, ...facts } : null);
  };
  test.each<[string, Machine, Diagnosis['status'], RegExp]>([
    ['node', machine({ nodeVersion: '18.20.4' }), 'error', /install Node 20\.19/],
    ['native library', machine({ nativeProblem: 'not found' }), 'warning', /koffi/],
    ['kernel', machine({}, { '/proc/sys/kernel/osrelease': '4.19.0' }), 'warning', /5\.3/],
    ['cgroup', machine({}, { '/proc/self/cgroup': '2:cpu:/\n' }), 'warning', /unified/],
    ['process table', machine({}, { '/proc/mounts': 'proc /proc proc rw,hidepid=2 0 0\n' }), 'warning', /hidepid=0/],
    [
      'open files',
      machine({}, { '/proc/self/limits': 'Max open files   1024  4096 files\n' }),
      'warning',
      /LimitNOFILE/,
    ],
    [
      'processes',
      machine({}, { '/proc/self/limits': 'Max processes    100  100 processes\n' }),
      'warning',
      /LimitNPROC/,
    ],
    ['inotify', machine({}, { '/proc/sys/fs/inotify/max_user_watches': '8' }), 'warning', /sysctl/],
    ['config folder', machine({ stat: stat({ mode: 0o755 }) }), 'warning', /chmod 700/],
    ['config folder', machine({ stat: stat({ uid: 0 }) }), 'error', /change its owner/],
    ['config folder', machine({ stat: stat({ isDirectory: () => false }) }), 'error', /move or delete it/],
    ['state folder', machine({ freeBytes: () => 2 ** 20 }), 'warning', /free up disk space/],
    ['state folder', machine({ isWritable: () => false }), 'error', /chmod|permissions/],
    ['engine', machine({ engineProblem: () => Promise.resolve({ message: 'it hangs' }) }), 'error', /engine\.log/],
    ['terminal', machine({ env: { TERM: 'xterm', LANG: 'de_DE.ISO-8859-1' } }), 'warning', /C\.UTF-8/],
    ['terminal', machine({ env: { TERM: 'dumb' } }), 'warning', /TERM/],
    ['socket', machine({ env: { HEALER_HOME: '/home/me/elsewhere', TERM: 'xterm' } }), 'warning', /shorter/],
  ])('a problem with the %s, and suggests a fix', async (check, on, status, fix) => {
    const found = (await problemsOn(on)).find(({ check: name }) => name === check);
    expect(found).toMatchObject({ status, fix: expect.stringMatching(fix) });
  });
});

describe('the command', () => {
  let home: CliHome;
  beforeEach(async () => {
    home = await createCliHome();
  });
  afterEach(() => home.remove());

  test('prints every diagnosis as JSON, and detects a running engine', async () => {
    await home.startEngine();
    const { code, stdout } = await home.run(['doctor', '--json']);
    const diagnoses = JSON.parse(stdout) as readonly Diagnosis[];
    expect(diagnoses.find(({ check }) => check === 'engine')).toMatchObject({ status: 'ok' });
    expect(code).toBe(0);
  });

  test('compares the version of the engine with its own', async () => {
    const versionsIn = async (): Promise<Diagnosis | undefined> => {
      const { stdout } = await home.run(['doctor', '--json']);
      return (JSON.parse(stdout) as readonly Diagnosis[]).find(({ check }) => check === 'versions');
    };
    expect(await versionsIn()).toMatchObject({
      status: 'ok',
      message: expect.stringContaining('no engine is running') as string,
    });
    await home.startEngine({}, { version: '0.0.9' });
    expect(await versionsIn()).toMatchObject({
      status: 'warning',
      message: expect.stringMatching(
        /^the engine \(pid \d+\) runs healer 0\.0\.9, and this command is healer /,
      ) as string,
      fix: 'healer upgrade',
    });
  });

  test('exits with 1 if something is broken, and reports the position and the fix', async () => {
    mkdirSync(join(home.folder, 'config'), { mode: 0o700 });
    writeFileSync(join(home.folder, 'process_list.txt'), 'web - - -- ./serve\nbroken\n');
    writeFileSync(
      join(home.folder, 'config/email_config.txt'),
      'smtp_server=h\nsender_email=a@b.c\nsender_password=x\n',
    );
    chmodSync(join(home.folder, 'config/email_config.txt'), 0o644);
    const { code, stdout } = await home.run(['doctor']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^error +sources +.*process_list.txt:2:/m);
    expect(stdout).toMatch(/^warning +mail +other users can read the password/m);
    expect(stdout).toMatch(/fix: chmod 600 ".*email_config.txt"/);
    expect(stdout).toMatch(/^ok: \d+, warnings: \d+, errors: 1$/m);
  });

  test('--fix makes its own files private, and says what it did', async () => {
    const config = join(home.folder, 'config');
    mkdirSync(config, { mode: 0o700 });
    chmodSync(config, 0o755);
    const mail = join(config, 'email_config.txt');
    writeFileSync(mail, 'smtp_server=h\nsender_email=a@b.c\nsender_password=x\n');
    chmodSync(mail, 0o644);
    const { stdout } = await home.run(['doctor', '--fix']);
    expect(stdout).toContain(`fixed    config folder: chmod 700 "${config}"\n`);
    expect(stdout).toContain(`fixed    mail: chmod 600 "${mail}"\n`);
    expect(stdout).toMatch(/^ok +mail /m);
    expect([config, mail].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
    const json = JSON.parse((await home.run(['doctor', '--fix', '--json'])).stdout) as Record<string, unknown>;
    expect(json['repairs']).toEqual(expect.not.arrayContaining([expect.objectContaining({ check: 'mail' })]));
    expect(json['diagnoses']).toBeInstanceOf(Array);
  });

  test('--fix takes the right to write its own files from others, all in one run', async () => {
    const config = join(home.folder, 'config');
    const [registry, mail] = [join(config, 'registry.json'), join(config, 'email_config.txt')];
    await home.run(['add', 'web', '--', 'sleep', '1000']);
    writeFileSync(mail, 'smtp_server=h\nsender_email=a@b.c\n');
    for (const path of [home.folder, config]) chmodSync(path, 0o777);
    for (const path of [registry, mail]) chmodSync(path, 0o666);
    const before = await home.run(['doctor']);
    expect(before.stdout).toMatch(/^error +registry +.* can be changed by /m);
    const { code, stdout } = await home.run(['doctor', '--fix']);
    expect(stdout).toContain(`fixed    config folder: chmod 755 "${home.folder}"\n`);
    expect(stdout).toContain(`fixed    registry: chmod 600 "${registry}"\n`);
    expect(stdout).not.toMatch(/^error +(?:registry|alerts|mail|config folder|state folder) /m);
    expect([config, registry, mail].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600, 0o600]);
    expect(code).toBe(0);
  });
});

describe('a fix', () => {
  const diagnosis = (check: string): Diagnosis => ({ check, status: 'warning', message: '', fix: '' });

  test('of something outside of healer is left without a yes, and its failure is reported', async () => {
    const applied: string[] = [];
    const repairs = ['safe', 'asks', 'fails'].map((check) => ({
      check,
      action: `do ${check}`,
      isSafe: check === 'safe',
      apply: () =>
        check === 'fails' ? Promise.reject(new Error('no bus')) : Promise.resolve(void applied.push(check)),
    }));
    const terminal = recordingTerminal();
    await applyRepairs(terminal, repairs, false);
    expect(applied).toEqual(['safe']);
    expect(terminal.out).toEqual([
      'fixed    safe: do safe',
      'left     asks: do asks (add --yes to run it)',
      'left     fails: do fails (add --yes to run it)',
    ]);
    const results = await applyRepairs(terminal, repairs, true);
    expect(applied).toEqual(['safe', 'safe', 'asks']);
    expect(results.at(-1)).toMatchObject({ outcome: 'failed', problem: 'no bus' });
  });

  test('is offered only for what belongs to this user', () => {
    const checks = ['config folder', 'mail', 'lingering', 'inotify', 'node'].map(diagnosis);
    const facts: FileFacts = { isDirectory: () => true, uid: 1000, mode: 0o755 };
    const offered = (on: Machine): readonly string[] => repairsOf(checks, on).map(({ action }) => action);
    expect(offered(machine({ stat: () => facts }))).toEqual([
      'chmod 700 "/home/me/h/config"',
      'chmod 600 "/home/me/h/config/email_config.txt"',
      'loginctl enable-linger me',
    ]);
    expect(offered(machine({ stat: () => ({ ...facts, uid: 0 }) }))).toEqual(['loginctl enable-linger me']);
    expect(offered(machine({ uid: 0, stat: () => null })).at(-1)).toMatch(/^sysctl -w fs\.inotify/);
  });
});
