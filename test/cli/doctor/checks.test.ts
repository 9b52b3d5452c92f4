import { describe, expect, test } from 'vitest';
import { PACKAGE_VERSION } from '../../../src/base/package-version.ts';
import type { ComparedFile } from '../../../src/cli/boot/installed-file.ts';
import { checkBoot } from '../../../src/cli/doctor/boot-check.ts';
import { checkEngine, checkSocketPath } from '../../../src/cli/doctor/engine-checks.ts';
import type { Verdict } from '../../../src/cli/doctor/diagnosis.ts';
import { checkFolder } from '../../../src/cli/doctor/folder-checks.ts';
import {
  checkCgroup,
  checkContainer,
  checkKernel,
  checkProcVisibility,
} from '../../../src/cli/doctor/kernel-checks.ts';
import { checkInotify, checkOpenFiles, checkProcessCount } from '../../../src/cli/doctor/limit-checks.ts';
import type { FileFacts, Machine } from '../../../src/cli/doctor/machine.ts';
import { checkNativeLibrary, checkNode, checkTerminal } from '../../../src/cli/doctor/runtime-checks.ts';
import { checkLingering, checkMailConfiguration } from '../../../src/cli/doctor/source-checks.ts';
import { checkVersions } from '../../../src/cli/doctor/version-check.ts';
import type { HelloResult } from '../../../src/protocol/methods/methods.ts';
import { resolvePaths } from '../../../src/config/instance/paths.ts';

const PATHS = resolvePaths({ HEALER_HOME: '/h' }, 'default');

type Changes = Partial<Machine> & { readonly files?: Readonly<Record<string, string>> };

/** Returns a Linux machine without any files. */
function machine({ files = {}, ...changes }: Changes = {}): Machine {
  return {
    env: {},
    paths: PATHS,
    nodeVersion: '20.19.0',
    platform: 'linux',
    uid: 1000,
    userName: 'me',
    isTty: true,
    nativeProblem: null,
    read: (path) => files[path] ?? null,
    stat: () => null,
    isWritable: () => true,
    unsafe: () => null,
    freeBytes: () => null,
    entries: () => null,
    engineProblem: () => Promise.resolve('not running'),
    bootFiles: () => [],
    versions: () => Promise.resolve({ engine: null, watcher: null, collector: null }),
    ...changes,
  };
}

const folder = (changes: Partial<FileFacts> = {}): Machine['stat'] => {
  return () => ({ uid: 1000, mode: 0o700, isDirectory: () => true, ...changes });
};
const only = (...paths: readonly string[]): Machine['stat'] => {
  return (path) => (paths.includes(path) ? { uid: 1000, mode: 0o600, isDirectory: () => false } : null);
};

type Check = (on: Machine) => Verdict | Promise<Verdict>;
type Case = readonly [
  what: string,
  check: Check,
  on: Changes,
  status: Verdict['status'],
  message: string,
  fix?: string,
];

const FOLDER: Check = (on) => checkFolder(on, '/h/state');
const LIMITS = '/proc/self/limits';

/** Returns the files of a machine on which this very process is the engine, with a limit of open files. */
function engineWith(limit: number): Readonly<Record<string, string>> {
  return {
    [PATHS.lock]: `{"pid":${String(process.pid)}}`,
    [`/proc/${String(process.pid)}/limits`]: `Max open files  ${String(limit)}  ${String(limit)}  files\n`,
  };
}
const INOTIFY = '/proc/sys/fs/inotify';
const LINGER = 'loginctl enable-linger me';

const BOOT_FILE: ComparedFile = {
  ...{ path: '/etc/init.d/healer', initSystem: 'openrc', scope: 'system', isOwn: true },
  ...{ otherUser: null, differences: [], reload: null },
};

/** Returns the greeting of an engine whose build is unknown. */
function hello(version: string): HelloResult {
  return { version, build: null, pid: 7 } as HelloResult;
}

const CASES: readonly Case[] = [
  ['no engine', checkVersions, {}, 'ok', `healer ${PACKAGE_VERSION}; no engine is running`],
  [
    'a watcher of another version, and an engine of this one',
    checkVersions,
    { versions: () => Promise.resolve({ engine: hello(PACKAGE_VERSION), watcher: hello('0.0.9'), collector: null }) },
    'warning',
    `the watcher differs: the engine (pid 7) runs healer 0.0.9, and this command is healer ${PACKAGE_VERSION}: run "healer upgrade"; programs keep running`,
    'healer upgrade',
  ],
  [
    'a log collector of an earlier build',
    checkVersions,
    {
      versions: () =>
        Promise.resolve({
          engine: hello(PACKAGE_VERSION),
          watcher: hello(PACKAGE_VERSION),
          collector: { pid: 8, isOlderThanFiles: true },
        }),
    },
    'ok',
    `healer ${PACKAGE_VERSION}; the engine and the watcher run the same build; the log collector (pid 8) runs an earlier build, which the engine replaces if it has to`,
  ],
  ['no service file', checkBoot, {}, 'ok', 'the engine is not started at boot; see "healer startup"'],
  [
    'a service file of another user',
    checkBoot,
    { bootFiles: () => [{ ...BOOT_FILE, otherUser: 'deploy' }] },
    'ok',
    '"/etc/init.d/healer" starts the engine of deploy',
  ],
  [
    'a service file that is out of date',
    checkBoot,
    {
      bootFiles: () => [
        {
          ...BOOT_FILE,
          differences: [
            ['a=1', 'a=2'],
            ['b=1', ''],
            ['', 'c=3'],
            ['d=1', 'd=2'],
          ],
        },
      ],
    },
    'warning',
    '"/etc/init.d/healer" differs from what healer would write now: a=1 would become a=2; b=1 would be removed; c=3 is missing; and 1 more line',
    'healer startup openrc --write',
  ],
  ['a recent Node', checkNode, {}, 'ok', 'Node 20.19.0'],
  ['a newer Node', checkNode, { nodeVersion: '24.0.0' }, 'ok', 'Node 24.0.0'],
  [
    'an old Node',
    checkNode,
    { nodeVersion: '20.18.3' },
    'error',
    'Node 20.18.3 is too old',
    'install Node 20.19 or newer',
  ],
  ['the native library', checkNativeLibrary, {}, 'ok', 'system calls are available'],
  [
    'no native library',
    checkNativeLibrary,
    { nativeProblem: 'not found' },
    'warning',
    'no system calls (not found): programs start more slowly, orphans are not reaped, systemd is not notified, and log lines in transit may be lost when the engine is killed',
    'reinstall healer with its optional packages (koffi)',
  ],
  ['no terminal', checkTerminal, { isTty: false }, 'ok', 'stdout is not a terminal'],
  ['a terminal', checkTerminal, { env: { TERM: 'xterm', LANG: 'C.UTF-8' } }, 'ok', 'xterm, C.UTF-8, with colors'],
  [
    'a terminal without colors',
    checkTerminal,
    { env: { TERM: 'xterm', NO_COLOR: '1' } },
    'ok',
    'xterm, locale not set, without colors (NO_COLOR)',
  ],
  [
    'a dumb terminal',
    checkTerminal,
    { env: { TERM: 'dumb' } },
    'warning',
    'the terminal type is "dumb"',
    'set TERM, e.g. to xterm-256color',
  ],
  [
    'a locale without UTF-8',
    checkTerminal,
    { env: { TERM: 'xterm', LC_ALL: 'C' } },
    'warning',
    'the locale "C" is not UTF-8: graphs are drawn in ASCII',
    'set LANG to a UTF-8 locale such as C.UTF-8',
  ],

  [
    'a recent kernel',
    checkKernel,
    { files: { '/proc/sys/kernel/osrelease': '6.15.0-1\n' } },
    'ok',
    'Linux 6.15.0-1: the kernel reports exit codes of adopted programs',
  ],
  [
    'a kernel without exit codes',
    checkKernel,
    { files: { '/proc/sys/kernel/osrelease': '6.14.9' } },
    'ok',
    'Linux 6.14.9: the log collector reports exit codes of adopted programs',
  ],
  [
    'a kernel without pidfd',
    checkKernel,
    { files: { '/proc/sys/kernel/osrelease': '5.2.9' } },
    'warning',
    'Linux 5.2.9 has no pidfd_open',
    'use Linux 5.3 or newer',
  ],
  [
    'another system',
    checkKernel,
    { platform: 'darwin' },
    'warning',
    'darwin supports only the portable sampler',
    'run healer on Linux for containment and /proc',
  ],
  [
    'no cgroup v2',
    checkCgroup,
    {},
    'warning',
    'no cgroup v2: process trees are killed process by process',
    'boot with systemd.unified_cgroup_hierarchy=1',
  ],
  ['all processes', checkProcVisibility, { files: {} }, 'ok', '/proc shows all processes'],
  [
    'hidden processes',
    checkProcVisibility,
    { files: { '/proc/mounts': 'proc /proc proc rw,hidepid=invisible 0 0\n' } },
    'warning',
    '/proc hides the processes of other users (hidepid=invisible)',
    'mount /proc with hidepid=0, or add the user to the group in its gid= option',
  ],
  [
    'no container',
    checkContainer,
    { files: { '/proc/1/comm': 'systemd\n' } },
    'ok',
    'not in a container; PID 1 is systemd',
  ],
  [
    'a container',
    checkContainer,
    { stat: only('/.dockerenv') },

    'ok',
    'in a container; PID 1 is unknown. "healer up --foreground" can run as PID 1: it reaps orphans',
  ],

  ['an unknown limit of files', checkOpenFiles, {}, 'ok', 'the limit is unknown on this platform'],
  [
    'enough files',
    checkOpenFiles,
    { files: { [LIMITS]: 'Max open files  4096  8192  files\n' } },
    'ok',
    'up to 4096 open files',
  ],
  [
    'too few files',
    checkOpenFiles,
    { files: { [LIMITS]: 'Max open files  4095  8192  files\n' } },
    'warning',
    'only 4095 open files allowed',
    'run "ulimit -n 4096", or set LimitNOFILE= in the unit',
  ],
  [
    'an engine with room for more files',
    checkOpenFiles,
    { files: engineWith(4096), entries: () => 3276 },
    'ok',
    'the engine has 3276 of 4096 files open',
  ],
  [
    'an engine with most of its files open',
    checkOpenFiles,
    { files: engineWith(4096), entries: () => 3277 },
    'warning',
    'the engine has 3277 of 4096 files open',
    'set LimitNOFILE=65536 in the unit, or run "ulimit -n", and restart the engine',
  ],
  [
    'an engine that may open few files',
    checkOpenFiles,
    { files: engineWith(256), entries: () => 40 },
    'warning',
    'the engine has 40 of 256 files open',
    'set LimitNOFILE=65536 in the unit, or run "ulimit -n", and restart the engine',
  ],
  [
    'unlimited processes',
    checkProcessCount,
    { files: { [LIMITS]: 'Max processes  unlimited  unlimited\n' } },

    'ok',
    'unlimited processes',
  ],
  [
    'enough processes',
    checkProcessCount,
    { files: { [LIMITS]: 'Max processes  1024  1024\n' } },
    'ok',
    'up to 1024 processes',
  ],
  [
    'too few processes',
    checkProcessCount,
    { files: { [LIMITS]: 'Max processes  1023  1023\n' } },
    'warning',
    'only 1023 processes allowed for this user',
    'run "ulimit -u 1024", or set LimitNPROC= in the unit',
  ],
  [
    'too few watches',
    checkInotify,
    { files: { [`${INOTIFY}/max_user_watches`]: '1023', [`${INOTIFY}/max_user_instances`]: '16' } },
    'warning',
    'only 1023 watches, 16 instances: file changes are detected with a delay',
    'run "sysctl fs.inotify.max_user_watches=8192 fs.inotify.max_user_instances=128"',
  ],
  [
    'enough watches',
    checkInotify,
    { files: { [`${INOTIFY}/max_user_watches`]: '1024', [`${INOTIFY}/max_user_instances`]: '16' } },
    'ok',
    'up to 1024 watches, 16 instances',
  ],

  ['a missing folder', FOLDER, {}, 'ok', '"/h/state" will be created'],
  [
    'a folder that cannot be created',
    FOLDER,
    { isWritable: () => false },
    'error',
    '"/h/state" cannot be created: "/" is not writable',
    'change its permissions, or set HEALER_HOME',
  ],
  [
    'a folder that other users can change',
    FOLDER,
    {
      stat: folder(),
      unsafe: () => ({
        place: '/h',
        who: 'any user',
        message: '"/h" can be changed by any user',
        hint: 'run "chmod go-w /h"',
      }),
    },
    'error',
    '"/h" can be changed by any user',
    'run "chmod go-w /h"',
  ],
  ['a folder', FOLDER, { stat: folder() }, 'ok', '"/h/state"'],
  ['a folder with space', FOLDER, { stat: folder(), freeBytes: () => 2 ** 30 }, 'ok', '"/h/state", 1.0 GB free'],
  [
    'a full disk',
    FOLDER,
    { stat: folder(), freeBytes: () => 199 * 2 ** 20 },
    'warning',
    'only 199 MB free for "/h/state"',
    'free up disk space; log lines are lost when the disk is full',
  ],
  [
    'a file instead of a folder',
    FOLDER,
    { stat: folder({ isDirectory: () => false }) },
    'error',
    '"/h/state" is not a folder',
    'move or delete it',
  ],
  [
    'a folder of another user',
    FOLDER,
    { stat: folder({ uid: 0 }) },
    'error',
    '"/h/state" belongs to user 0',
    'change its owner to me, or set HEALER_HOME',
  ],
  [
    'a read-only folder',
    FOLDER,
    { stat: folder(), isWritable: () => false },
    'error',
    '"/h/state" is not writable',
    'chmod u+rwx "/h/state"',
  ],
  [
    'a folder that others can access',
    FOLDER,
    { stat: folder({ mode: 0o750 }) },
    'warning',
    'other users can access "/h/state"',
    'chmod 700 "/h/state"',
  ],

  ['no engine', checkEngine, {}, 'ok', 'the engine is not running; start it with "healer up"'],
  [
    'an engine that died',
    checkEngine,
    { stat: folder() },
    'warning',
    'the last engine did not exit cleanly',
    'run "healer up" to adopt its programs',
  ],
  [
    'an engine that answers',
    checkEngine,
    { engineProblem: () => Promise.resolve(null), files: { [PATHS.lock]: '{"pid":7}' } },
    'ok',
    `the engine answers on "${PATHS.socket}" (pid 7)`,
  ],
  [
    'an engine that hangs',
    checkEngine,
    { files: { [PATHS.lock]: `{"pid":${process.pid}}` } },
    'error',
    `the engine (pid ${process.pid}) is running but does not answer`,
    `see "${PATHS.engineLog}"; run "kill -9 ${process.pid}" to kill the engine; its programs keep running`,
  ],
  [
    'a short socket path',
    checkSocketPath,
    { env: { HEALER_HOME: '/h' } },
    'ok',
    `"${PATHS.socket}" (${PATHS.socket.length} of 107 bytes)`,
  ],

  ['no mail', checkMailConfiguration, {}, 'ok', 'not configured: no mail is sent'],
  [
    'mail',
    checkMailConfiguration,
    { stat: only('/h/config/email_config.txt') },
    'ok',
    '"/h/config/email_config.txt"; test it with "healer test-email"',
  ],
  ['no systemd', checkLingering, {}, 'ok', 'systemd is not running'],
  [
    'a system-wide unit',
    checkLingering,
    { stat: only('/run/systemd/system', '/etc/systemd/system/healer.service') },

    'ok',
    'not needed: the engine does not depend on a login session',
  ],
  [
    'lingering',
    checkLingering,
    { stat: only('/run/systemd/system', '/var/lib/systemd/linger/me') },
    'ok',
    'lingering is enabled for me',
  ],
  [
    'no lingering',
    checkLingering,
    { stat: only('/run/systemd/system') },
    'warning',
    'the engine may be stopped when the last session of me ends',
    LINGER,
  ],
  [
    'a user unit without lingering',
    checkLingering,
    { env: { XDG_CONFIG_HOME: '/c' }, stat: only('/run/systemd/system', '/c/systemd/user/healer.service') },
    'warning',
    'the user unit may be stopped when the last session of me ends',
    LINGER,
  ],
];

describe('a check', () => {
  const cases = CASES.map(([what, check, on, status, message, fix = null]) => ({
    what,
    check,
    on,
    status,
    message,
    fix,
  }));
  test.each(cases)('of $what', async ({ check, on, status, message, fix }) => {
    expect(await check(machine(on))).toEqual({ status, message, fix });
  });

  test.each<[string, Check]>([
    ['cgroup', checkCgroup],
    ['process table', checkProcVisibility],
    ['container', checkContainer],
    ['inotify', checkInotify],
  ])('of the %s applies to Linux only', async (_what, check) => {
    const verdict = await check(machine({ platform: 'darwin' }));
    expect(verdict).toEqual({ status: 'ok', message: 'not applicable on this platform', fix: null });
  });
});
