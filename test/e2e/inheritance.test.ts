import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CLI, finished } from '../support/run-cli.ts';
import { HealerHome, openFiles } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

/** Variables of the caller. */
const CALLER_ENV = {
  NOTIFY_SOCKET: '/nowhere',
  LISTEN_FDS: '1',
  INVOCATION_ID: 'x',
  JOURNAL_STREAM: '8:1',
  MAINPID: '1',
  CREDENTIALS_DIRECTORY: '/nowhere',
  MEMORY_PRESSURE_WATCH: '/nowhere',
  SUDO_COMMAND: 'x',
  SUDO_UID: '0',
  SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22',
  SSH_TTY: '/dev/pts/9',
  XDG_SESSION_ID: '3',
  TMUX: '/tmp/x',
  CI: 'true',
  GITHUB_RUN_ID: '1',
  RUNNER_TRACKING_ID: 'x',
  OWN_SETTING: 'kept',
};
const DROPPED = Object.keys(CALLER_ENV).filter((name) => name !== 'OWN_SETTING');

/** The shell sets a low soft limit, ignores SIGHUP, SIGINT and SIGUSR1, and holds descriptors below and above those of Node. */
const CALLER_SCRIPT = `
ulimit -Sn 256
trap '' HUP INT USR1
exec 7<"$1" 40<"$1" 41>>"$1.lock"
shift
"$@"
exit $?`;
const UNLIMITED = 'unlimited,unlimited';
const HELD = 'held-by-the-caller';
/** The argument of daemons that only this run starts. */
const STRAY = `${String(process.pid)}31337`;

let home: HealerHome;
beforeEach(() => {
  home = new HealerHome();
  home.write(HELD, '');
  home.extraEnv = CALLER_ENV;
});
afterEach(() => home[Symbol.asyncDispose]());

/** Returns the path of a script that writes everything it inherited to a file, and keeps running. */
function reporter(name: string): string {
  return home.write(
    name,
    `#!/bin/bash
{
  ls -l /proc/$$/fd | sed -n 's/.* \\([0-9]*\\) -> /fd \\1 /p'
  ulimit -Sn
  cat /proc/self/status
  tr '\\0' '\\n' < /proc/$$/environ
} > "$0.tmp"
mv "$0.tmp" "$0.report"
[ "$1" = check ] || exec sleep 100000
`,
  );
}

async function report(script: string): Promise<string> {
  await waitFor(() => existsSync(`${script}.report`), `the report of ${script}`);
  return readFileSync(`${script}.report`, 'utf8');
}

async function startFrom(caller: string, ...args: readonly string[]): Promise<void> {
  const held = join(home.folder, HELD);
  const command = [process.execPath, CLI, 'up', ...args, '-f', join(home.folder, 'healer.yaml')];
  const child = spawn('bash', ['-c', caller, 'bash', held, ...command], { cwd: home.folder, env: home.env });
  if (args.includes('--foreground')) {
    await waitFor(() => home.state('web', 'running').catch(() => null), 'the program to run');
    return;
  }
  const { code, stdout, stderr } = await finished(child);
  expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
}

function environmentOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? []);
}

/** Signals 32 and 33 belong to the C library, whose functions do not change them. */
const OF_LIBC = 0b11n << 31n;

function signalsOf(text: string, field: string): bigint {
  const mask = new RegExp(`^${field}:\\s*([0-9a-f]+)`, 'm').exec(text)?.[1];
  if (mask === undefined) throw new Error(`no ${field} in ${text}`);
  return BigInt(`0x${mask}`) & ~OF_LIBC;
}

function expectClean(text: string): void {
  expect(text).not.toContain(HELD);
  expect(text).toMatch(/^256$/m);
  expect(signalsOf(text, 'SigIgn')).toBe(0n);
  expect(signalsOf(text, 'SigBlk')).toBe(0n);
  const names = environmentOf(text);
  expect(names.filter((name) => DROPPED.includes(name))).toEqual([]);
  expect(names).not.toContain('HEALER_CALLER_NOFILE');
  expect(text).toContain('OWN_SETTING=kept');
}

describe.each([
  ['in the background', []],
  ['in the foreground', ['--foreground']],
])('the environment, descriptors and limits of the shell that starts an engine %s', (_how, args) => {
  test('are not inherited by programs', async () => {
    const script = reporter('program');
    home.write('healer.yaml', `processes:\n  - {id: web, command: ${script}}\n`);
    await startFrom(CALLER_SCRIPT, ...args);
    expectClean(await report(script));
    await home.down();
  });
});

test('the engine in the background and its log collector inherit neither descriptors nor session variables of the shell', async () => {
  home.write('healer.yaml', 'processes:\n  - {id: web, command: sleep, args: ["100000"]}\n');
  await startFrom(CALLER_SCRIPT);
  const helpers = await waitFor(() => {
    const found = home.survivors().filter(({ command }) => !command.startsWith('sleep'));
    return found.length >= 2 ? found : null;
  }, 'the engine and its log collector to run');
  for (const { pid } of helpers) expect(openFiles(pid).filter((path) => path.includes(HELD))).toEqual([]);
  const environ = readFileSync(`/proc/${String(await home.enginePid())}/environ`, 'utf8').replaceAll('\0', '\n');
  const names = environmentOf(environ);
  const session = ['SUDO_COMMAND', 'SSH_CONNECTION', 'XDG_SESSION_ID', 'CI', 'RUNNER_TRACKING_ID'];
  expect(names.filter((name) => session.includes(name))).toEqual([]);
  await home.down();
});

test('a session variable that the definition sets is passed to the program', async () => {
  const script = reporter('program');
  home.write('healer.yaml', `processes:\n  - {id: web, command: ${script}, env: {CI: 'true', SSH_TTY: mine}}\n`);
  await startFrom(CALLER_SCRIPT);
  const text = await report(script);
  expect(text).toContain('\nCI=true\n');
  expect(text).toContain('\nSSH_TTY=mine\n');
  await home.down();
});

test('rlimits of the definition replace the soft limit of the shell', async () => {
  const script = reporter('program');
  home.write('healer.yaml', `processes:\n  - {id: web, command: ${script}, rlimits: {nofile: 333}}\n`);
  await startFrom(CALLER_SCRIPT);
  expect(await report(script)).toMatch(/^333$/m);
  await home.down();
});

describe('limits of CPU time and file size', () => {
  const limitsOf = (pid: number): readonly string[] =>
    readFileSync(`/proc/${String(pid)}/limits`, 'utf8')
      .split('\n')
      .filter((line) => /^Max (?:cpu time|file size) /.test(line))
      .map((line) => line.split(/ {2,}/).slice(1, 3).join());
  const definitions = `processes:
  - {id: web, command: sleep, args: ['100000']}
  - {id: limited, command: sleep, args: ['100000'], rlimits: {cpu: 77}}
`;

  test('are raised for the engine, its log collector and programs if the shell has lowered the soft ones', async () => {
    home.write('healer.yaml', definitions);
    await startFrom(`shift; ulimit -St 50; ulimit -Sf 100; "$@"; exit $?`);
    const pids = home.survivors().map(({ pid }) => pid);
    const limited = await home.pid('limited');
    expect(pids.length).toBeGreaterThanOrEqual(4);
    for (const pid of pids) expect(limitsOf(pid)).toEqual([pid === limited ? '77,77' : UNLIMITED, UNLIMITED]);
    expect(await home.ok('status')).not.toContain('CPU time');
    await home.down();
  });

  test('and of memory and others are not those of the shell, if it has lowered the soft ones', async () => {
    home.write('healer.yaml', definitions);
    const lowered = ['v 200000000', 'd 200000000', 'i 4000', 'l 64', 'q 4096'];
    await startFrom(`shift; ${lowered.map((limit) => `ulimit -S${limit}`).join('; ')}; "$@"; exit $?`);
    const raised = /^Max (?:data size|locked memory|address space|file locks|pending signals|msgqueue size) /;
    for (const { pid } of home.survivors()) {
      const lines = readFileSync(`/proc/${String(pid)}/limits`, 'utf8')
        .split('\n')
        .filter((line) => raised.test(line));
      const low = lines.filter((line) => {
        const [, soft, hard] = line.split(/ {2,}/);
        return soft !== hard;
      });
      expect({ count: lines.length, low }).toEqual({ count: 6, low: [] });
    }
    await home.down();
  });

  test('are shown in the status if the hard ones are low, and exceeding the size of a file ends nothing', async () => {
    home.write('healer.yaml', `processes:\n  web: {command: sh, args: ['-c', 'yes | head -c 200000; sleep 100000']}\n`);
    await startFrom(`shift; ulimit -t 5000; ulimit -f 40; "$@"; exit $?`);
    const status = await home.ok('status');
    expect(status).toContain('the kernel will end this engine after 5000 s of CPU time');
    expect(status).toContain('files of more than 40 KB');
    const engine = await home.enginePid();
    await home.event('log-gap', ({ reason }) => reason.includes('file too large'));
    expect(await home.enginePid()).toBe(engine);
    expect((await home.row('web')).restarts).toBe(0);
    await home.down();
  });
});

describe('the command of a health check', () => {
  const HEALTH =
    'health: {intervalMs: 300, startupCheck: {initialDelayMs: 50, checkIntervalMs: 100}, check: {type: exec, ';

  test('inherits nothing from the caller of the engine', async () => {
    const script = reporter('checker');
    home.write(
      'healer.yaml',
      `processes:\n  - {id: web, command: sleep, args: ['100000'], ${HEALTH}command: ${script}, args: [check]}}}\n`,
    );
    await startFrom(CALLER_SCRIPT);
    expectClean(await report(script));
    await home.down();
  });

  test('runs with the umask, niceness and limits of its program', async () => {
    const report = '{ umask; nice; ulimit -n; echo "$LD_LIBRARY_PATH"; } | tr "\\n" " "';
    home.write(
      'healer.yaml',
      `processes:
  - id: web
    command: sleep
    args: ['100000']
    cwd: /
    env: {LD_LIBRARY_PATH: /nowhere}
    umask: '027'
    nice: 7
    rlimits: {nofile: 333}
    ${HEALTH}command: /bin/sh, args: ['-c', '${report}']}}
`,
    );
    await startFrom(CALLER_SCRIPT);
    await waitFor(async () => (await home.row('web')).health === 'healthy', 'the check to pass');
    expect(await home.ok('check', 'web')).toMatch(/printing "0027 7 333 \/nowhere"/);
    await home.down();
  });

  test('leaves no process behind, be it in another session or without the mark of the check', async () => {
    const script = home.write(
      'check.sh',
      `#!/bin/bash\nset -m\nenv -i sleep ${STRAY} &\nsetsid sleep ${STRAY} &\nsleep 0.2\n`,
    );
    home.write(
      'healer.yaml',
      `processes:\n  - {id: web, command: sleep, args: ['100000'], ${HEALTH}command: ${script}}}}\n`,
    );
    await startFrom(CALLER_SCRIPT);
    await waitFor(async () => (await home.row('web')).health === 'healthy', 'the check to pass');
    await home.ok('stop', 'web');
    await waitFor(() => strays().length === 0, 'the processes of checks to be killed');
    await home.down();
  });
});

/** Returns the pids of the daemons, one of which has no variable of this home in its environment. */
function strays(): readonly string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandLineOf(pid).startsWith(`sleep ${STRAY}`));
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
