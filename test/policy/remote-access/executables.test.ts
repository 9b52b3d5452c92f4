import { describe, expect, test } from 'vitest';
import { matchesPathPattern } from '../../../src/config/reading/path-pattern.ts';
import { piecesOf } from '../../../src/policy/remote-access/command-words.ts';
import {
  checkDefinition,
  type ExecutableFacts,
  executionProblem,
} from '../../../src/policy/remote-access/executables.ts';
import { isHarmlessVariable } from '../../../src/policy/remote-access/environment.ts';
import { isInterpreter } from '../../../src/policy/remote-access/interpreters.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';

/** Files of a made-up machine: word → path without links. */
const FILES: Readonly<Record<string, string>> = {
  '/opt/app/server': '/opt/app/server',
  '/opt/app/link-to-sh': '/usr/bin/dash',
  '/opt/app/open': '/opt/app/open',
  '/opt/app/deep/tool': '/opt/app/deep/tool',
  '/opt/other/server': '/opt/other/server',
  '/opt/app/../other/server': '/opt/other/server',
  '/opt/app/python3.11': '/opt/app/python3.11',
  '/opt/app/Bash': '/opt/app/Bash',
  '/bin/sh': '/usr/bin/dash',
  sh: '/usr/bin/dash',
  bash: '/usr/bin/bash',
  '/usr/bin/env': '/usr/bin/env',
  env: '/usr/bin/env',
  node: '/usr/bin/node',
  '/usr/bin/node': '/usr/bin/node',
  '/usr/bin/nice': '/usr/bin/nice',
  busybox: '/usr/bin/busybox',
  '/usr/bin/ls': '/usr/bin/busybox',
  '/opt/app/run.sh': '/opt/app/run.sh',
  '/opt/app/quiet': '/opt/app/quiet',
  '../../bin/sh': '/usr/bin/dash',
  '/lib64/ld-linux-x86-64.so.2': '/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
};

/** What the first lines of scripts name. */
const RUN_BY: Readonly<Record<string, readonly string[]>> = { '/opt/app/run.sh': ['/bin/bash', '/usr/bin/bash'] };
const DUPLICATES: Readonly<Record<string, string>> = { '/opt/app/quiet': '/usr/bin/bash' };
const looked: string[] = [];

function find(word: string): ExecutableFacts | null {
  looked.push(word);
  const realPath = Object.hasOwn(FILES, word) ? FILES[word] : undefined;
  if (realPath === undefined) return null;
  return {
    path: word.startsWith('/') ? word : `/usr/bin/${word}`,
    realPath,
    replaceableBy: realPath === '/opt/app/open' ? 'everybody' : null,
    runBy: RUN_BY[realPath] ?? [],
    copyOf: () => DUPLICATES[realPath] ?? null,
  };
}

function problem(definition: Partial<ProcessSpecInput>, whitelist: string[], blacklist: string[] = []): string | null {
  const whole = { id: 'x', command: '/opt/app/server', ...definition };
  return executionProblem(whole, find, { whitelist, blacklist, matches: matchesPathPattern });
}

const APP = ['/opt/app/*'];

describe('a program that is registered remotely', () => {
  test('is refused while the whitelist is empty', () => {
    expect(problem({}, [])).toMatch(/"\/opt\/app\/server" is not on the whitelist/);
  });

  test.each<[string, Partial<ProcessSpecInput>, string[]]>([
    ['a file that matches a pattern', {}, APP],
    ['a file in a folder below', { command: '/opt/app/deep/tool' }, ['/opt/**']],
    ['an interpreter that is listed', { command: 'node', args: ['server.js'] }, ['/usr/bin/node']],
    [
      'a launcher and what it starts',
      { command: '/usr/bin/nice', args: ['-n', '5', '/opt/app/server'] },
      ['/usr/bin/nice', ...APP],
    ],
    [
      'a launcher with harmless variables and spaces',
      { command: 'env', args: ['PORT=80', '-u', 'X', '/opt/app/server', '--name', 'my app'] },
      ['/usr/bin/env', ...APP],
    ],
    ['a script', { command: '/opt/app/run.sh' }, APP],
    ['a copy of a shell that is named itself', { command: '/opt/app/quiet' }, ['/opt/app/quiet']],
    ['paths and addresses as arguments', { args: ['--config=/etc/app.conf', 'conf/app.yml', 'http://x/?a=b'] }, APP],
    ['a shell that is named by its real path', { command: 'echo hi', shell: true }, ['/usr/bin/dash']],
    ['harmless variables', { env: { PORT: '80', NODE_ENV: 'production', MY_KEY: 'x' } }, APP],
    [
      'a health check that is allowed',
      { health: { check: { type: 'exec', command: '/opt/app/deep/tool' } } },
      ['/opt/app/**'],
    ],
    ['a health check of this machine', { health: { check: { type: 'http', url: 'http://[::1]:80/x' } } }, APP],
  ])('is accepted: %s', (_, definition, whitelist) => {
    expect(problem(definition, whitelist)).toBeNull();
  });

  test.each<[string, Partial<ProcessSpecInput>, string[]]>([
    ['a file in a folder below, by one asterisk', { command: '/opt/app/deep/tool' }, APP],
    ['a path that leaves its folder', { command: '/opt/app/../other/server' }, APP],
    ['a link to a shell', { command: '/opt/app/link-to-sh' }, APP],
    ['a link to a shell that is named itself', { command: '/opt/app/link-to-sh' }, ['/opt/app/link-to-sh']],
    ['a path that depends on the folder', { command: './server', cwd: '/opt/app' }, APP],
    ['an interpreter by a wildcard', { command: 'node' }, ['/usr/bin/*']],
    ['an interpreter by two wildcards', { command: 'node' }, ['/**']],
    ['an interpreter with its version', { command: '/opt/app/python3.11' }, APP],
    ['an interpreter in uppercase', { command: '/opt/app/Bash' }, APP],
    ['the dynamic loader', { command: '/lib64/ld-linux-x86-64.so.2', args: ['/bin/sh'] }, ['/usr/lib/**']],
    ['env that starts a shell', { command: 'env', args: ['bash'] }, ['/usr/bin/env']],
    ['env -S', { command: 'env', args: ['-S', 'bash -c id'] }, ['/usr/bin/env']],
    ['env -S without a space', { command: 'env', args: ['-Sbash -c id'] }, ['/usr/bin/env']],
    ['env --split-string=', { command: 'env', args: ['--split-string=bash -c id'] }, ['/usr/bin/env']],
    ['env with a variable', { command: 'env', args: ['A=1', 'bash'] }, ['/usr/bin/env']],
    ['env -S with a variable', { command: 'env', args: ['-S', '${SHELL} -c id'] }, ['/usr/bin/env']],
    ['env -S with quotes inside a word', { command: 'env', args: ['-S', "b''ash"] }, ['/usr/bin/env']],
    ['env -S with an escape', { command: 'env', args: ['-S', 'bash\\_-c\\_id'] }, ['/usr/bin/env']],
    ['env that searches another path', { command: 'env', args: ['PATH=/srv', 'evil'] }, ['/usr/bin/env']],
    [
      'env that loads a library',
      { command: 'env', args: ['LD_PRELOAD=/x', '/opt/app/server'] },
      ['/usr/bin/env', ...APP],
    ],
    ['env -S that loads one', { command: 'env', args: ['-SLD_PRELOAD=/x /opt/app/server'] }, ['/usr/bin/env', ...APP]],
    [
      'env --split-string= that loads one',
      { command: 'env', args: ['--split-string=LD_AUDIT=/x /opt/app/server'] },
      ['/usr/bin/env', ...APP],
    ],
    ['env in another folder', { command: 'env', args: ['-C', '/bin', './sh'] }, ['/usr/bin/env']],
    ['env in another folder, joined', { command: 'env', args: ['-iC/bin', './sh'] }, ['/usr/bin/env']],
    ['env in another folder, shortened', { command: 'env', args: ['--chd', '/bin', './sh'] }, ['/usr/bin/env']],
    ['env in another folder, after -S', { command: 'env', args: ['-S-C/bin ./sh'] }, ['/usr/bin/env']],
    [
      'env in another folder, started by nice',
      { command: '/usr/bin/nice', args: ['env', '-C', '/bin', './sh'] },
      ['/usr/bin/nice', '/usr/bin/env'],
    ],
    [
      'a launcher that loads a library by env',
      { command: '/usr/bin/nice', args: ['env', 'LD_PRELOAD=/x', '/opt/app/server'] },
      ['/usr/bin/nice', '/usr/bin/env', ...APP],
    ],
    ['a copy of a shell', { command: '/opt/app/quiet' }, APP],
    ['an option with the path of a shell', { args: ['-xe/bin/sh'] }, APP],
    ['a shell in brackets', { args: ['--run={/bin/sh}'] }, APP],
    ['a shell by a relative path', { args: ['../../bin/sh'], cwd: '/opt/app' }, APP],
    ['a NUL after a shell', { command: 'env', args: ['sh\0'] }, ['/usr/bin/env']],
    ['a NUL in a variable', { env: { A: 'x\0LD_PRELOAD=/x' } }, APP],
    ['core files in a folder that is read', { cwd: '/etc/cron.d', rlimits: { core: 'unlimited' } }, APP],
    [
      'a health check of an encoded host',
      { health: { check: { type: 'http', url: 'http://127.0.0.1%2eevil.example' } } },
      APP,
    ],
    [
      'a health check of a host with a tab',
      { health: { check: { type: 'http', url: 'http://127.0.0.1\t.evil.example' } } },
      APP,
    ],
    ['a multi-call binary', { command: 'busybox', args: ['sh'] }, ['/usr/bin/busybox']],
    ['a link to a multi-call binary', { command: '/usr/bin/ls' }, ['/usr/bin/*']],
    ['an argument that is a shell', { args: ['--shell=/bin/sh'] }, APP],
    ['a shell', { command: 'id', shell: true }, APP],
    ['a health check that is a shell', { health: { check: { type: 'exec', command: 'sh', args: ['-c', 'id'] } } }, APP],
    [
      'a health check started by env',
      { health: { check: { type: 'exec', command: 'env', args: ['sh'] } } },
      [...APP, '/usr/bin/env'],
    ],
    ['a health check of another machine', { health: { check: { type: 'http', url: 'http://169.254.169.254/' } } }, APP],
    [
      'a health check with a hidden host',
      { health: { check: { type: 'http', url: 'http://evil.example\\@127.0.0.1/' } } },
      APP,
    ],
    [
      'a health check with a host after a user name',
      { health: { check: { type: 'http', url: 'http://127.0.0.1@evil.example/' } } },
      APP,
    ],
    ['a port of another machine', { health: { check: { type: 'tcp', host: '10.0.0.1', port: 22 } } }, APP],
    ['another user', { user: 'root' }, APP],
    ['another user by number', { user: 0 }, APP],
    ['another group', { group: 'shadow' }, APP],
    ['environment files', { envFile: '/etc/shadow' }, APP],
    ['adopting a running process', { adopt: 'by-name' }, APP],
    ['a folder with ..', { cwd: '/opt/app/..' }, APP],
    ['a relative folder', { cwd: 'app' }, APP],
    ['a file that others can replace', { command: '/opt/app/open' }, APP],
    ['a file that does not exist', { command: '/opt/app/nothing' }, APP],
    ['too many arguments', { args: Array.from({ length: 3000 }, (_, at) => `a${at}`) }, APP],
  ])('is refused: %s', (_, definition, whitelist) => {
    expect(problem(definition, whitelist)).toEqual(expect.any(String));
  });

  test('is refused if its path or the resolved path is on the blacklist, ignoring case', () => {
    expect(problem({}, APP, ['/opt/app/server'])).toMatch(/blacklist/);
    expect(problem({}, APP, ['/OPT/**'])).toMatch(/blacklist/);
    expect(problem({ command: '/opt/app/../other/server' }, ['/opt/**'], ['/opt/other/*'])).toMatch(/blacklist/);
    expect(problem({ command: 'node' }, ['/usr/bin/node'], ['/usr/bin/node'])).toMatch(/blacklist/);
    expect(problem({ command: '/opt/app/run.sh' }, APP, ['/bin/bash'])).toMatch(/"\/bin\/bash" is on the blacklist/);
  });

  test('has every part of its arguments checked', () => {
    expect(piecesOf('A=1')).toContain('1');
    expect(piecesOf('-Sbash -c')).toEqual(expect.arrayContaining(['bash', '-c']));
  });

  test('causes no file access by too many arguments or arguments that name no file', () => {
    looked.length = 0;
    problem({ args: Array.from({ length: 90_000 }, (_, at) => `w/${at}`) }, APP);
    problem({ args: [Array.from({ length: 90_000 }, (_, at) => `w/${at}`).join(' ')] }, APP);
    problem({ args: Array.from({ length: 1_000 }, (_, at) => `w${at}`) }, APP);
    expect(looked).toEqual(Array(3).fill('/opt/app/server'));
  });
});

test.each([
  ...[
    'CHROME_BIN',
    'FFMPEG_BINARY',
    'CONDA_EXE',
    'RSYNC_CONNECT_PROG',
    'DIFFPROG',
    'COR_PROFILER',
    'LIBVA_DRIVER_NAME',
  ],
  ...['FLASK_APP', 'UVICORN_APP', 'CELERY_APP', 'UWSGI_EXEC_ASAP', 'AIRFLOW__CORE__EXECUTOR', 'TS_NODE_PROJECT'],
  ...[
    'COVERAGE_PROCESS_START',
    'SENDMAIL',
    'CURL_CA_BUNDLE',
    'NVM_BIN',
    'GIT_SSH_COMMAND',
    'SHELLOPTS',
    'PSModulePath',
  ],
  ...['LD_PRELOAD', 'LD_LIBRARY_PATH', 'LD_AUDIT', 'ld_preload', 'DYLD_INSERT_LIBRARIES', 'NODE_OPTIONS', 'NODE_PATH'],
  ...['PYTHONPATH', 'PYTHONSTARTUP', 'PYTHONHOME', 'PERL5LIB', 'PERL5OPT', 'PERLLIB', 'RUBYOPT', 'RUBYLIB', 'PATH'],
  ...[
    'BASH_ENV',
    'ENV',
    'BASH_FUNC_ls%%',
    'SHELLOPTS',
    'IFS',
    'PS4',
    'JAVA_TOOL_OPTIONS',
    '_JAVA_OPTIONS',
    'CLASSPATH',
  ],
  ...['JDK_JAVA_OPTIONS', 'GIT_SSH_COMMAND', 'GIT_EXEC_PATH', 'EDITOR', 'PAGER', 'LESSOPEN', 'HOME', 'XDG_CONFIG_HOME'],
  ...[
    'GCONV_PATH',
    'LUA_PATH',
    'LUA_INIT',
    'PHPRC',
    'PHP_INI_SCAN_DIR',
    'DOTNET_STARTUP_HOOKS',
    'CORECLR_PROFILER_PATH',
  ],
  ...['OPENSSL_CONF', 'OPENSSL_ENGINES', 'HEALER_HOME', 'HEALER_MARK', 'LISTEN_FDS', 'MALLOC_CONF', 'A=B', '', '1X'],
  ...[
    'BUN_OPTIONS',
    'DENO_DIR',
    'ERL_FLAGS',
    'R_PROFILE',
    'TERMINFO',
    'HOSTALIASES',
    'QT_PLUGIN_PATH',
    'VIMINIT',
    'JULIA_LOAD_PATH',
  ],
  ...['ELECTRON_RUN_AS_NODE', '_MEIPASS2', 'SDL_DYNAMIC_API', 'GDK_PIXBUF_MODULE_FILE', 'VK_ICD_FILENAMES'],
  ...['OCL_ICD_FILENAMES', '__EGL_VENDOR_LIBRARY_FILENAMES', 'OMP_TOOL_LIBRARIES', 'OMPI_MCA_plm_rsh_agent', 'FCEDIT'],
  ...[
    'CVS_RSH',
    'RSYNC_RSH',
    'SVN_SSH',
    'PYSPARK_PYTHON',
    'CLOUDSDK_PYTHON',
    'AWS_CONFIG_FILE',
    'MAKEFILES',
    'HGMERGE',
  ],
  ...['TERMINFO_DIRS', 'ODBCSYSINI', 'BORG_PASSCOMMAND', 'GHCRTS', 'OCAMLRUNPARAM', 'R_ENVIRON', 'PLTCOLLECTS', 'LESS'],
  ...[
    'TEXMFCNF',
    'MAILCAPS',
    'KRB5_TRACE',
    'ASPNETCORE_HOSTINGSTARTUPASSEMBLIES',
    'CATALINA_BASE',
    'LLVM_PROFILE_FILE',
  ],
  ...['PWD', 'RUSTC_WRAPPER', 'CC', 'CMAKE_TOOLCHAIN_FILE', 'npm_config_script_shell', 'PERL5DB', 'JAVA_OPTS', 'SHELL'],
])('the variable "%s" cannot be set remotely', (name) => {
  expect(isHarmlessVariable(name)).toBe(false);
});

test.each([
  'PORT',
  'HOST',
  'LOG_LEVEL',
  'NODE_ENV',
  'DATABASE_URL',
  'API_KEY',
  'WORKERS',
  'DEBUG',
  'PGPASSWORD',
  'REDIS_URL',
  ...[
    'GITHUB_TOKEN',
    'GOOGLE_CLIENT_ID',
    'LDAP_URL',
    'PIPELINE_ID',
    'GEMINI_API_KEY',
    'NODE_NAME',
    'RUST_LOG',
    'DB_USER',
  ],
  ...[
    'MYSQL_HOST',
    'LISTEN_ADDR',
    'NOTIFY_EMAIL',
    'GOMAXPROCS',
    'OMP_NUM_THREADS',
    'TZ',
    'LANG',
    'VIRTUAL_HOST',
    'PORTS',
  ],
  ...['PASSWORD_FILE', 'SYSTEM_PROMPT', 'SMTP_MAIL', 'MONOLITH_URL', 'SPRING_PROFILES_ACTIVE', 'UV_THREADPOOL_SIZE'],
])('the variable "%s" can be set remotely', (name) => {
  expect(isHarmlessVariable(name)).toBe(true);
});

test.each(
  [
    'sh',
    'bash5',
    'python3',
    'python3.11',
    'pypy3',
    'perl5.36.0',
    'node',
    'nodejs',
    'node20',
    'ruby3.1',
    'php8.2',
    'lua5.4',
  ].concat([
    'busybox.static',
    'qemu-x86_64',
    'gawk',
    'vim.tiny',
    'x86_64',
    'ld-musl-x86_64.so.1',
    'ld.so',
    'tclsh8.6',
    'java',
    'NODE.EXE',
    'dash',
    'systemd-run',
    'script',
    'openssl',
    'tar',
    'find',
    'xargs',
    'git',
    'wish8.6',
    'nc.openbsd',
    'awk',
    'ssh',
    'guile-3.0',
    '.bash',
    'aarch64-linux-gnu-gcc-12',
    'x86_64-linux-gnu-gcc',
    'g++-12',
    'c99',
    'curl',
    'cp',
    'tee',
    'install',
    'patch',
    'chmod',
    'gpg',
    'service',
    'ldd',
    'go1.21',
  ]),
)('%s is treated as a program that executes others', (name) => {
  expect(isInterpreter(`/usr/bin/${name}`)).toBe(true);
});

test.each([
  'sleep',
  'server',
  'nginx',
  'postgres',
  'redis-server',
  'sshd',
  'myapp2',
  'shop',
  'environment',
  'date',
  'cat',
  'time-tracker',
  'install.sh',
  'node-exporter',
  'go-api',
  'mail-worker',
])('%s is not treated as a program that executes others', (name) => {
  expect(isInterpreter(`/usr/bin/${name}`)).toBe(false);
});

test('names that users also give to their own programs count only in system folders', () => {
  for (const name of ['service', 'task', 'find', 'script', 'link']) {
    expect(isInterpreter(`/usr/bin/${name}`)).toBe(true);
    expect(isInterpreter(`/opt/app/${name}`)).toBe(false);
  }
  expect(isInterpreter('/opt/node/bin/node')).toBe(true);
});

describe('a launcher', () => {
  const facts = (path: string, more: Partial<ExecutableFacts> = {}): ExecutableFacts => ({
    path,
    realPath: path,
    replaceableBy: null,
    runBy: [],
    copyOf: () => null,
    ...more,
  });
  const MACHINE: Readonly<Record<string, ExecutableFacts>> = {
    nice: facts('/usr/bin/nice'),
    '/usr/bin/nice': facts('/usr/bin/nice'),
    '/usr/bin/env': facts('/usr/bin/env'),
    env: facts('/usr/bin/env'),
    '/usr/bin/xargs': facts('/usr/bin/xargs'),
    '/opt/app/server': facts('/opt/app/server'),
    '/opt/app/link': facts('/opt/app/link', { realPath: '/opt/app/server' }),
    '/opt/app/hidden': facts('/opt/app/hidden', { unclear: 'EACCES: permission denied' }),
    '/srv/hidden-bash': facts('/srv/bash', { unclear: 'EACCES: permission denied' }),
    '/usr/bin/tool': facts('/usr/bin/tool', { toolFolder: () => 'the system folder "/usr/bin"' }),
    '/opt/nginx/sbin/nginx': facts('/opt/nginx/sbin/nginx'),
    '/usr/bin/bash': facts('/usr/bin/bash'),
  };
  const rules = {
    whitelist: ['/usr/bin/nice', '/usr/bin/env', '/usr/bin/xargs', '/usr/bin/bash', '/opt/**', '/usr/bin/*'],
    blacklist: ['**/*.sh'],
    matches: matchesPathPattern,
    pathsOf: (word: string) => (word.endsWith('.sh') ? [`/srv/${word}`] : []),
  };
  const check = (definition: Partial<ProcessSpecInput>) =>
    checkDefinition({ id: 'x', command: '/usr/bin/nice', ...definition }, (word) => MACHINE[word] ?? null, rules);

  test('has the program that it starts replaced by the real path that was checked, also through another launcher', () => {
    expect(check({ command: 'nice', args: ['-n', '5', '/opt/app/link', '/opt/app/link'] })).toEqual({
      program: { command: '/usr/bin/nice', args: ['-n', '5', '/opt/app/server', '/opt/app/link'] },
      healthCheck: null,
      commands: new Map(),
    });
    expect(check({ args: ['env', 'PORT=80', '/opt/app/link', 'env'] })).toMatchObject({
      program: { args: ['/usr/bin/env', 'PORT=80', '/opt/app/server', 'env'] },
    });
    const health = { check: { type: 'exec' as const, command: 'env', args: ['/opt/app/link'] } };
    expect(check({ command: '/opt/app/server', health })).toMatchObject({
      healthCheck: { command: '/usr/bin/env', args: ['/opt/app/server'] },
    });
  });

  test.each<[string, Partial<ProcessSpecInput>, RegExp]>([
    ['a file that does not exist yet', { args: ['/opt/app/later'] }, /not an executable file/],
    ['a relative path', { args: ['./server'], cwd: '/opt/app' }, /relative path/],
    ['a file that cannot be read', { args: ['/opt/app/hidden'] }, /cannot be examined: EACCES/],
    ['no program', { args: ['-n', '5'] }, /name no program/],
    ['launchers without end', { args: Array<string>(20).fill('nice') }, /too many launchers/],
    ['a program in a system folder by a wildcard', { args: ['/usr/bin/tool'] }, /wildcards do not count/],
    [
      'a shell in the arguments of the program',
      { args: ['/opt/app/server', '--x=/srv/hidden-bash'] },
      /whitelist must list/,
    ],
  ])('is refused with %s', (_what, definition, expected) => {
    expect(check(definition)).toMatch(expected);
  });

  test('that is not understood, like an interpreter, must not be given a file on the blacklist', () => {
    expect(check({ command: '/usr/bin/bash', args: ['run.sh'] })).toMatch(/"\/srv\/run.sh", which is on the blacklist/);
    expect(check({ command: '/usr/bin/xargs', args: ['-a', 'run.sh'] })).toMatch(/blacklist/);
    expect(check({ command: '/usr/bin/bash', args: ['run'] })).toMatchObject({ healthCheck: null });
    expect(check({ command: '/opt/app/server', args: ['run.sh'] })).toMatchObject({ healthCheck: null });
  });

  test('and a service that loads code must be listed by its exact path', () => {
    expect(check({ command: '/opt/nginx/sbin/nginx' })).toMatch(/can load code.* exact path/);
    expect(check({ command: '/opt/app/hidden' })).toMatch(/cannot be examined/);
  });
});

test.each([
  ['**/*.sh', '/a.sh', true],
  ['**/*.sh', '/opt/app/deep/run.sh', true],
  ['**/*.sh', '/opt/run.sh/x', false],
  ['**/bin/*', '/opt/bin/x', true],
  ['**', '/opt/x', true],
  ['/opt/*', '/opt/a', true],
  ['/opt/*', '/opt/a/b', false],
  ['/opt/*', '/opt/.hidden', true],
  ['/opt/**', '/opt/a/b', true],
  ['/opt/**/x', '/opt/a/b/x', true],
  ['/opt/a[1]', '/opt/a[1]', true],
  ['/opt/a[1]', '/opt/a1', false],
  ['/opt/{a,b}', '/opt/a', false],
  ['/opt/?', '/opt/a', false],
  ['/opt/+(a)', '/opt/aa', false],
  ['/opt/a.b', '/opt/aXb', false],
  ['!/opt/a', '/opt/b', false],
  ['/opt/a', '/opt/a\n', false],
  ['/opt/*', '/opt/a\nb', true],
  ['/opt/**', '/opt/x/a\nb', true],
  ['/opt/a', 'x/opt/a', false],
  ['/opt/$x', '/opt/$x', true],
])('the pattern %s for %s: %s', (pattern, path, fits) => {
  expect(matchesPathPattern(pattern, path, { ignoresCase: false })).toBe(fits);
});
