import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { importCircus } from '../../../src/config/import/circus/circus.ts';
import { importCompose } from '../../../src/config/import/docker-compose/compose.ts';
import { asWritten } from '../../../src/config/import/draft/idiomatic.ts';
import { formatNote } from '../../../src/config/import/draft/imported.ts';
import { importFile } from '../../../src/config/import/import-file.ts';
import { importMonit } from '../../../src/config/import/monit/monit.ts';
import { importMprocs } from '../../../src/config/import/mprocs.ts';
import { importProcessCompose } from '../../../src/config/import/process-compose/project.ts';
import { importUnit } from '../../../src/config/import/systemd/unit.ts';
import { processSpecSchema } from '../../../src/protocol/process-spec.ts';

interface Converted {
  readonly kind: string;
  readonly programs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly notes: readonly string[];
}

/** Writes files into a new folder and imports the first one. The folder is "/srv" in the result. */
async function convert(files: Readonly<Record<string, string>>): Promise<Converted> {
  const folder = mkdtempSync(join(tmpdir(), 'healer-import-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const { kind, programs, notes } = await importFile(join(folder, Object.keys(files)[0] ?? ''), {
    kind: null,
    envName: null,
  });
  const all = [...notes, ...programs.flatMap((program) => program.notes)].filter(({ weight }) => weight !== 'detail');
  const result = {
    kind,
    programs: Object.fromEntries(programs.map(({ id, spec }) => [id, spec])),
    notes: all.map(formatNote),
  };
  return JSON.parse(JSON.stringify(result).replaceAll(folder, '/srv')) as Converted;
}

test('a program whose command is the same as a default of the schema keeps it', async () => {
  const { programs } = await convert({ 'process-compose.yaml': 'processes: {x: {command: x, disabled: true}}' });
  expect(programs['x']).toMatchObject({ command: 'x' });
  const written = asWritten({ programs: [{ id: 'y', spec: { command: 'x', name: 'x' }, notes: [] }], notes: [] });
  expect(written.programs[0]?.spec).toEqual({ command: 'x', name: 'x' });
});

test('a service has as long to become healthy as Docker gives it', async () => {
  const health = '{test: [CMD, "true"], interval: 90s, start_period: 40s, retries: 3}';
  const { programs } = await convert({
    'compose.yml': `services: {web: {build: ., command: run, entrypoint: [], healthcheck: ${health}}}`,
  });
  // 40 s and three intervals, in steps of 5 s.
  expect(programs['web']).toMatchObject({ health: { startupCheck: { checkIntervalMs: 5000, maxAttempts: 62 } } });
});

test('the instance of a unit without a template is empty, and another name of the program is noted', async () => {
  const { programs, notes } = await convert({ 'web.service': '[Service]\nExecStart=@/bin/web other --id=%i -x\n' });
  expect(programs['web']).toMatchObject({ command: '/bin/web', args: ['--id=', '-x'] });
  expect(notes).toContainEqual(expect.stringContaining('the program sees the path of its command as its name'));
});

describe('mprocs', () => {
  const one = async (proc: string) => (await convert({ 'mprocs.yaml': `procs:\n  a:\n${proc}` })).programs['a'];

  test.each<[string, object]>([
    ['    shell: npm run dev', { command: 'npm', args: ['run', 'dev'], cwd: '/srv', restart: { policy: 'never' } }],
    ['    shell: a | b', { command: 'a | b', shell: true }],
    ['    cmd: [./x, "$A"]', { command: '/srv/x', args: ['$$A'] }],
    ['    cmd: x "a b"', { command: 'x', args: ['a b'] }],
    ['    shell: x\n    autorestart: true', { restart: { policy: 'always' } }],
    ['    shell: x\n    autostart: false', { autostart: false }],
    ['    shell: x\n    stop: hard-kill', { stop: { signal: 'SIGKILL' } }],
    ['    shell: x\n    stop: { send-keys: ["<C-c>"] }', { stop: { signal: 'SIGINT', target: 'group' } }],
    ['    shell: ./x\n    cwd: <CONFIG_DIR>/b', { command: '/srv/b/x', cwd: '/srv/b' }],
    ['    shell: x\n    add_path: bin', { env: { PATH: '${PATH}:/srv/bin' } }],
    ['    shell: { $select: os, windows: y, linux: x }', { command: 'x' }],
    ['    shell: x\n    env: { A: $B }', { env: { A: '$$B' } }],
  ])('%j becomes %j', async (proc, fields) => {
    expect(await one(proc)).toMatchObject(fields);
  });

  test('a file without programs fails with its name', async () => {
    await expect(convert({ 'mprocs.yaml': 'a: 1' })).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
  });
});

describe('process-compose', () => {
  const one = (process: string) => convert({ 'process-compose.yaml': `processes:\n  a:\n${process}` });

  test.each<[string, object]>([
    ['    command: ./x a', { command: '/srv/x', args: ['a'], stop: { target: 'group', gracefulTimeoutMs: 10_000 } }],
    ['    command: x $A', { command: 'bash', args: ['-c', 'x $$A'] }],
    ['    command: x $$5', { command: 'bash', args: ['-c', 'x $$5'] }],
    ['    entrypoint: [x, "$A"]', { command: 'x', args: ['${A:-}'] }],
    ['    command: x\n    environment: ["A=$B", "C=$$d"]', { env: { A: '${B:-}', C: '$$d' } }],
    ['    command: x\n    availability: { restart: "no" }', { restart: { policy: 'never' } }],
    [
      '    command: x\n    availability: { restart: on_failure, max_restarts: 3, backoff_seconds: 4 }',
      { restart: { policy: 'on-failure', maxAttempts: 4, backoffMs: [4000] } },
    ],
    [
      '    command: x\n    shutdown: { signal: 9, timeout_seconds: 3, parent_only: true }',
      { stop: { signal: 'SIGKILL', target: 'main', gracefulTimeoutMs: 3000 } },
    ],
    ['    command: x\n    schedule: { interval: 30s }', { schedule: '*/30 * * * * *', autostart: false }],
    ['    command: x\n    namespace: [n, m]', { groups: ['n', 'm'] }],
    [
      '    command: x\n    schedule: { cron: "0 2 * * *", timezone: Europe/Berlin }',
      { schedule: '0 2 * * *', scheduling: { timeZone: 'Europe/Berlin' } },
    ],
    [
      '    command: x\n    ready_log_line: "ready (in 5 $s) [ok]."',
      { ready: { log: 'ready \\(in 5 \\$$s\\) \\[ok\\]\\.', timeoutMs: 2_147_483_647 } },
    ],
    [
      '    command: x\n    shutdown: { command: "x quit $PID $$1" }',
      { stop: { command: { command: 'bash', args: ['-c', 'x quit $$PID $$1'], timeoutMs: 10_000 } } },
    ],
    [
      '    command: x\n    shutdown: { command: x quit, timeout_seconds: 3, signal: 2 }',
      {
        stop: {
          signal: 'SIGINT',
          command: { command: 'bash', args: ['-c', 'x quit'], timeoutMs: 3000 },
          gracefulTimeoutMs: 3000,
        },
      },
    ],
    [
      '    command: x\n    readiness_probe: { http_get: { port: 80 }, failure_threshold: 4, success_threshold: 2 }',
      {
        health: {
          consecutiveFailuresRequired: 4,
          successesRequired: 2,
          startupCheck: { maxAttempts: 4, failAction: 'fail' },
        },
      },
    ],
    ['    command: x\n    success_exit_codes: [130]', { restart: { successExitCodes: [0, 130] } }],
    ['    command: x {{.PC_REPLICA_NUM}}', { args: ['0'] }],
    ['    command: x\n    is_daemon: true', { type: 'forking' }],
    [
      '    command: |\n      docker build \\\n        -t a \\\n        .',
      { command: 'docker', args: ['build', '-t', 'a', '.'] },
    ],
    [
      '    command: x\n    readiness_probe: { exec: { command: y } }',
      {
        health: {
          check: { type: 'exec', command: 'bash', args: ['-c', 'y'] },
          intervalMs: 10_000,
          timeoutMs: 1000,
          consecutiveFailuresRequired: 3,
          startupCheck: { initialDelayMs: 10, checkIntervalMs: 10_000, maxAttempts: 3, failAction: 'fail' },
        },
      },
    ],
    [
      '    command: x\n    availability: { restart: always }\n    readiness_probe: { http_get: { port: 80 }, failure_threshold: 500 }',
      { health: { consecutiveFailuresRequired: 500, startupCheck: { maxAttempts: 500 } } },
    ],
    [
      '    command: x\n    liveness_probe: { http_get: { port: 80, path: h } }',
      { health: { check: { type: 'http', url: 'http://127.0.0.1:80/h' } } },
    ],
  ])('%j becomes %j', async (process, fields) => {
    expect((await one(process)).programs['a']).toMatchObject(fields);
  });

  test.each([
    ['${HEALER_UNSET_POLICY:-on_failure}', 'on-failure'],
    ['${HEALER_UNSET_POLICY-always}', 'always'],
    ['$HEALER_UNSET_POLICY', 'never'],
  ])('a restart policy "%s" has the value that it has now, which is reported', async (written, policy) => {
    const { programs, notes } = await one(`    command: x\n    availability: { restart: "${written}" }`);
    expect(programs['a']).toMatchObject({ restart: { policy } });
    expect(notes).toEqual([expect.stringContaining(`restart: "${written}" is now`)]);
  });

  test("a log of the whole project is healer's own", async () => {
    const { notes } = await convert({
      'process-compose.yaml': 'log_location: ./a.log\nprocesses: { a: { command: x } }',
    });
    expect(notes).toEqual([expect.stringContaining('healer writes stdout and stderr')]);
  });

  test('a program that waits for one without a health check starts once that is running', async () => {
    const { programs, notes } = await one(
      '    command: x\n    depends_on: { b: { condition: process_healthy } }\n  b:\n    command: y',
    );
    expect(programs['a']?.['dependsOn']).toEqual(['b']);
    expect(notes).toEqual([
      expect.stringMatching(/"b" has no health check, so this program starts once it is running$/),
    ]);
  });

  test('a program that waits for a line of another one starts once that is ready', async () => {
    const { programs, notes } = await one(
      '    command: x\n    depends_on: { b: { condition: process_log_ready } }\n  b:\n    command: y\n    ready_log_line: up',
    );
    expect(programs['a']?.['dependsOn']).toEqual([{ id: 'b', condition: 'ready' }]);
    expect(notes).toEqual([]);
  });

  test.each([
    [
      'depends_on: { b: { condition: process_log_ready } }\n  b:\n    command: y',
      /"b" does not report when it is ready, so this program starts once it is running$/,
    ],
    ['depends_on: { b: { condition: moon } }\n  b:\n    command: y', /"moon" is not a known condition$/],
    ['schedule: { cron: "0 2 * * *", timezone: Moon/Crater }', /"Moon\/Crater" is not a time zone$/],
    ['schedule: { interval: 5m, max_concurrent: 2 }', /max_concurrent: a job has one run at a time$/],
  ])('%j is imported with one note', async (field, note) => {
    const { programs, notes } = await one(`    command: x\n    ${field}`);
    expect(programs['a']).toMatchObject({ command: 'x' });
    expect(notes).toEqual([expect.stringMatching(note)]);
  });

  test('the variables of .env are read when programs start', async () => {
    const files = { 'process-compose.yaml': 'processes:\n  a:\n    command: x', '.env': 'SECRET=1' };
    const { programs } = await convert(files);
    expect(programs['a']).toMatchObject({ envFile: '/srv/.env' });
    expect(JSON.stringify(programs)).not.toContain('SECRET');
  });

  test('a compose.yaml with processes belongs to process-compose', async () => {
    expect((await convert({ 'compose.yaml': 'processes:\n  a:\n    command: x' })).kind).toBe('process-compose');
  });
});

describe('Docker Compose', () => {
  const one = (service: string, dockerfile?: string) =>
    convert({
      'docker-compose.yml': `services:\n  a:\n${service}`,
      ...(dockerfile !== undefined && { Dockerfile: dockerfile }),
    });
  const NODE = 'FROM node:20\nWORKDIR /app\nCOPY . .\n';

  test.each<[string, string, object]>([
    ['    build: .', `${NODE}CMD ["node", "server.js"]`, { command: 'node', args: ['server.js'], cwd: '/srv' }],
    ['    build: .', `${NODE}CMD npm start`, { command: 'npm', args: ['start'] }],
    ['    build: .', `${NODE}CMD npm start | tee log`, { command: 'npm start | tee log', shell: true }],
    ['    build: .', `${NODE}ENTRYPOINT ["node"]\nCMD ["/app/x.js"]`, { command: 'node', args: ['/srv/x.js'] }],
    ['    build: .\n    command: y', `${NODE}ENTRYPOINT ["node"]\nCMD ["x"]`, { command: 'node', args: ['y'] }],
    ['    build: .\n    entrypoint: y', `${NODE}ENTRYPOINT ["node"]\nCMD ["x"]`, { command: 'y' }],
    ['    build: .', `${NODE}COPY docker/run.sh /usr/local/bin/\nCMD ["run.sh"]`, { command: '/srv/docker/run.sh' }],
    ['    build: .\n    working_dir: /app/sub', `${NODE}CMD ["./x"]`, { command: '/srv/sub/x', cwd: '/srv/sub' }],
    ['    build: .', `${NODE}ARG P=1\nENV A=$P B=$NONE PATH=/app/bin:$PATH\nCMD ["x"]`, { env: { A: '1' } }],
    ['    build: { context: ., target: one }', 'FROM a AS one\nCMD ["x"]\nFROM a AS two\nCMD ["y"]', { command: 'x' }],
    [
      '    build: .\n    restart: on-failure:2',
      `${NODE}CMD ["x"]`,
      { restart: { policy: 'on-failure', maxAttempts: 3 } },
    ],
    ['    build: .\n    command: x ${B:-c} $$d', NODE, { command: 'x', args: ['${B:-c}', '$$d'] }],
    ['    build: .\n    environment: [A=1, PASSED]', `${NODE}CMD ["x"]`, { env: { A: '1' } }],
    ['    build: .\n    env_file: [a.env]', `${NODE}CMD ["x"]`, { envFile: ['/srv/a.env'] }],
    ['    build: .\n    env_file: [{ path: a.env, format: raw }]', `${NODE}CMD ["x"]`, { envFileDialect: 'docker' }],
    [
      '    build: .\n    stop_signal: SIGINT\n    stop_grace_period: 1m30s',
      `${NODE}CMD ["x"]`,
      { stop: { signal: 'SIGINT', gracefulTimeoutMs: 90_000 } },
    ],
    [
      '    image: node:20\n    volumes: ["./s:/w"]\n    working_dir: /w\n    command: npm start',
      '',
      { command: 'npm', cwd: '/srv/s' },
    ],
  ])('%j with %j becomes %j', async (service, dockerfile, fields) => {
    expect((await one(service, dockerfile)).programs['a']).toMatchObject(fields);
  });

  test.each([
    ['    image: postgres', 'it runs in the image "postgres"; start it with "docker compose up -d a"'],
    [
      '    image: minio/minio\n    command: server /data',
      'it runs in the image "minio/minio"; start it with "docker compose up -d a"',
    ],
    ['    build: .', 'it has no command, and its Dockerfile was not found'],
    ['    build: .\n    command: /start.sh', '"/start.sh" exists only in its image'],
    ['    build: .\n    command: -c fsync=off', '"-c" is an option for the ENTRYPOINT of its image, which is unknown'],
  ])('%j is left out', async (service, why) => {
    const { programs, notes } = await one(service);
    expect(programs).toEqual({});
    expect(notes).toEqual([`/srv/docker-compose.yml:2: "a" was left out: ${why}`]);
  });

  test('a program that is compiled in the image is left out', async () => {
    const { notes } = await one('    build: .', 'FROM go AS b\nFROM scratch\nCOPY --from=b /x /bin/x\nCMD ["/bin/x"]');
    expect(notes).toEqual(['/srv/docker-compose.yml:2: "a" was left out: "/bin/x" is built in its image']);
  });
});

describe('systemd', () => {
  const one = async (service: string) => (await convert({ 'a.service': `[Service]\n${service}` })).programs['a'];

  test.each<[string, object]>([
    [
      'ExecStart=/bin/x a "b c"',
      { command: '/bin/x', args: ['a', 'b c'], stop: { target: 'tree', gracefulTimeoutMs: 90_000 } },
    ],
    ['ExecStart=/bin/x \\\n  a \\\n# note\n  b', { args: ['a', 'b'] }],
    [
      'Environment=A=1 "B=2 3"\nExecStart=/bin/x ${B} $B pre$A',
      { args: ['2 3', '2', '3', 'pre$$A'], env: { A: '1', B: '2 3' } },
    ],
    [
      "EnvironmentFile=-/etc/x\nExecStart=/bin/x ${A} $B 'c d'",
      { command: 'exec /bin/x "$${A}" $$B \'c d\'', shell: true, envFile: ['?/etc/x'], envFileDialect: 'systemd' },
    ],
    ['ExecStart=/bin/a\nExecStart=\nExecStart=/bin/b', { command: '/bin/b' }],
    ['ExecStart=@/bin/x name a', { command: '/bin/x', args: ['a'] }],
    ['ExecStart=/bin/x %p %%', { args: ['a', '%'] }],
    [
      'ExecStart=/bin/x\nRestart=always',
      { restart: { policy: 'always', backoffMs: [100], maxAttempts: 5, resetAfterMs: 10_000 } },
    ],
    ['ExecStart=/bin/x\nRestart=always\nRestartSec=5', { restart: { policy: 'always', backoffMs: [5000], jitter: 0 } }],
    [
      'ExecStart=/bin/x\nKillMode=mixed\nKillSignal=QUIT\nTimeoutStopSec=1min 5',
      { stop: { target: 'main', signal: 'SIGQUIT', gracefulTimeoutMs: 65_000 } },
    ],
    ['ExecStart=/bin/x\nKillMode=process', { leftovers: 'leave', stop: { target: 'main' } }],
    ['Type=forking\nPIDFile=x.pid\nExecStart=/bin/x', { type: 'forking', pidFile: '/run/x.pid' }],
    ['PIDFile=x.pid\nType=forking\nExecStart=/bin/x', { type: 'forking', pidFile: '/run/x.pid' }],
    ['ExecStart=/bin/x\nExecReload=/bin/kill -HUP $MAINPID', { reload: { signal: 'SIGHUP' } }],
    [
      'ExecStart=/bin/x\nLimitNOFILE=1024:4096\nLimitCORE=infinity',
      { rlimits: { nofile: { soft: 1024, hard: 4096 }, core: 'unlimited' } },
    ],
    ['ExecStart=/bin/x\nMemoryMax=1G\nUMask=77\nNice=5', { limits: { memoryMb: 1024 }, umask: '077', nice: 5 }],
  ])('%j becomes %j', async (service, fields) => {
    expect(await one(service)).toMatchObject(fields);
  });

  test('a pid file of a service that does not move itself to the background is not needed', async () => {
    expect(await one('PIDFile=/run/x.pid\nExecStart=/bin/x')).not.toHaveProperty('pidFile');
  });

  test.each<[string, object]>([
    ['Type=notify', { ready: { notify: true, timeoutMs: 90_000, failAction: 'fail' } }],
    [
      'Type=notify-reload\nRestart=always\nTimeoutStartSec=2min',
      { ready: { notify: true, timeoutMs: 120_000 }, restart: { policy: 'always' } },
    ],
    ['Type=notify\nTimeoutSec=infinity', { ready: { notify: true, timeoutMs: 2_147_483_647 } }],
    ['Restart=on-failure\nWatchdogSec=30', { watchdogMs: 30_000 }],
    ['RuntimeMaxSec=1h 30min', { maxRuntimeMs: 5_400_000 }],
    ['Type=oneshot\nTimeoutStartSec=5min', { maxRuntimeMs: 300_000 }],
    ['ExecStartPre=/bin/pre "a b"', { hooks: { before: { command: '/bin/pre', args: ['a b'], timeoutMs: 90_000 } } }],
    [
      'TimeoutStartSec=5\nExecStartPre=-/bin/pre\nExecStartPre=/bin/more $HOME',
      {
        hooks: {
          before: {
            command: '/bin/sh',
            args: ['-c', '{ /bin/pre || true; } && /bin/more $$HOME'],
            timeoutMs: 5000,
          },
        },
      },
    ],
    ['ExecStartPre=+/bin/pre', { hooks: { before: { command: '/bin/pre' } } }],
    [
      'ExecStartPost=-/bin/post ${MAINPID}',
      { hooks: { after: { command: '/bin/sh', args: ['-c', 'exec /bin/post "$${HEALER_PID}"'] } } },
    ],
    ['Type=notify\nExecStartPost=/bin/post', { hooks: { ready: { command: '/bin/post' } } }],
    ['Type=oneshot\nExecStartPost=/bin/post', { hooks: { exited: { command: '/bin/post' } } }],
    [
      'TimeoutStopSec=7\nExecStop=-/bin/quit now',
      { stop: { command: { command: '/bin/quit', args: ['now'], timeoutMs: 7000 }, gracefulTimeoutMs: 7000 } },
    ],
    [
      'ExecStop=/bin/quit $MAINPID',
      { stop: { command: { command: '/bin/sh', args: ['-c', 'exec /bin/quit $$MAINPID'] } } },
    ],
    ['ExecStop=/bin/kill -QUIT $MAINPID', { stop: { signal: 'SIGQUIT', target: 'main' } }],
  ])('a service with %j becomes %j', async (service, fields) => {
    const { programs, notes } = await convert({ 'a.service': `[Service]\nExecStart=/bin/x\n${service}` });
    expect(programs['a']).toMatchObject(fields);
    expect(notes.filter((note) => !/keeps running$|signals it at once$/.test(note))).toEqual([]);
  });

  test.each<[string, RegExp]>([
    ['User=a\nExecStartPre=/bin/b\nExecStartPre=+/bin/c', /ExecStartPre: "\+\/bin\/c" .*needs full privileges/],
    ['ExecStartPre=/bin/b "c', /ExecStartPre: .*the quote " is never closed/],
    ['ExecStop=/bin/b %J', /ExecStop: the specifier %J has no equivalent/],
    ['Type=oneshot\nExecStop=/bin/b', /ExecStop: a program that has exited is not stopped/],
    ['ExecStopPost=/bin/b', /ExecStopPost: "\/bin\/b" was left out; set hooks/],
    ['TasksMax=20', /TasksMax: set rlimits.nproc/],
    ['ExecCondition=/bin/b', /ExecCondition: "\/bin\/b" has no equivalent/],
    ['WatchdogSec=often', /WatchdogSec: "often" is not a duration/],
    ['RuntimeMaxSec=long', /RuntimeMaxSec: "long" is not a duration/],
  ])('commands and times of %j that cannot be converted are named, and left out whole', async (service, note) => {
    const { programs, notes } = await convert({ 'a.service': `[Service]\nExecStart=/bin/x\n${service}` });
    expect(notes).toContainEqual(expect.stringMatching(note));
    expect(programs['a']).toMatchObject({ command: '/bin/x' });
    expect(programs['a']).not.toHaveProperty('hooks');
    expect(programs['a']).not.toHaveProperty('stop.command');
    expect(programs['a']).not.toHaveProperty('watchdogMs');
    expect(programs['a']).not.toHaveProperty('maxRuntimeMs');
  });

  test.each<[string, readonly object[]]>([
    ['ListenStream=8080', [{ listen: 8080, name: 'a.socket' }]],
    [
      'ListenStream=127.0.0.1:80\nListenStream=[::1]:80\nBacklog=9\nFileDescriptorName=web',
      [
        { listen: '127.0.0.1:80', name: 'web', backlog: 9 },
        { listen: '[::1]:80', name: 'web', backlog: 9 },
      ],
    ],
    ['ListenStream=/run/%N.sock\nSocketMode=0660', [{ listen: '/run/a.sock', name: 'a.socket', mode: '660' }]],
  ])('the socket unit %j opens the sockets of its service', async (socket, sockets) => {
    const { programs, notes } = await convert({
      'a.service': '[Service]\nExecStart=/bin/x',
      'a.socket': `[Socket]\n${socket}`,
    });
    expect(programs['a']?.['sockets']).toEqual(sockets);
    expect(notes).toEqual([]);
  });

  test.each(['ListenDatagram=53', 'ListenStream=@abstract', 'ListenStream=vsock::80', 'ListenStream=/run/%J'])(
    'a socket unit with %j is named, and opens no sockets',
    async (socket) => {
      const { programs, notes } = await convert({
        'a.service': '[Service]\nExecStart=/bin/x',
        'a.socket': `[Socket]\nListenStream=80\n${socket}`,
      });
      expect(programs['a']).not.toHaveProperty('sockets');
      expect(notes).toEqual([`a.socket:3: ${socket}: healer cannot open such a socket; let the program open its own`]);
    },
  );

  test('the delay, the time zone and missed runs of a timer are kept', async () => {
    const { programs, notes } = await convert({
      'a.service': '[Service]\nType=oneshot\nExecStart=/bin/x',
      'a.timer': '[Timer]\nOnCalendar=*-*-* 03:30:00 Europe/Berlin\nRandomizedDelaySec=5min\nPersistent=true',
    });
    expect(programs['a']).toMatchObject({
      schedule: '30 3 * * *',
      scheduling: { timeZone: 'Europe/Berlin', jitterMs: 300_000, catchUp: true },
    });
    expect(notes).toEqual([]);
  });

  test.each([
    ['daily', '0 0 * * *'],
    ['*-*-* 03:30:00', '30 3 * * *'],
    ['Mon..Fri 09:00', '0 9 * * MON-FRI'],
    ['*:0/15', '*/15 * * * *'],
    ['*-*-01 04:00:00', '0 4 1 * *'],
    ['2030-01-01 00:00:00', undefined],
  ])('a timer with the calendar %j schedules the program at %j', async (calendar, schedule) => {
    const service = '[Service]\nType=oneshot\nExecStart=/bin/x';
    const { programs } = await convert({ 'a.service': service, 'a.timer': `[Timer]\nOnCalendar=${calendar}` });
    expect(programs['a']).toMatchObject({ restart: { policy: 'never' }, autostart: false });
    expect(programs['a']?.['schedule']).toBe(schedule);
  });

  test.each([
    ['a@.service', '[Service]\nExecStart=/bin/x %i', /%i stands for the instance of a template/],
    ['a.service', '[Service]\nExecStart=/bin/x "a', /ExecStart: the quote " is never closed/],
    ['a.service', '[Service]\nType=oneshot', /it has no ExecStart/],
  ])('%s that cannot be converted whole is left out', async (name, text, why) => {
    const { programs, notes } = await convert({ [name]: text });
    expect(programs).toEqual({});
    expect(notes).toEqual([expect.stringMatching(why)]);
  });

  test.each([
    ['a.timer', '[Timer]\nOnCalendar=daily', /is a timer: import its unit, such as "a.service"/],
    ['a.socket', '[Socket]\nListenStream=80', /is a systemd unit, which cannot be imported: .*\.service/],
  ])('%s names the unit to import instead', async (name, text, message) => {
    await expect(convert({ [name]: text })).rejects.toMatchObject({ message: expect.stringMatching(message) });
  });
});

test('a monit program that a script only asks the init system to start is left out', async () => {
  const script = (line: string) => `check process a matching "a"\n  start program = "/bin/bash -c '${line}'"\n`;
  for (const line of ['systemctl enable a && systemctl start a', 'service a start', '/etc/init.d/a restart || true']) {
    const { programs } = await convert({ 'a.monit': script(line) });
    expect(programs, line).toEqual({});
  }
  expect(Object.keys((await convert({ 'a.monit': script('exec /opt/a start') })).programs)).toEqual(['a']);
});

test('a daemon of process-compose that leaves no process is reported', async () => {
  const { notes } = await convert({
    'process-compose.yaml': 'processes:\n  db: { command: docker compose up -d, is_daemon: true }\n',
  });
  expect(notes).toEqual([expect.stringMatching(/is_daemon: this command leaves no process/)]);
});

test('hundreds of aliases that share settings are read, and an attack is refused', async () => {
  const services = Array.from({ length: 200 }, (_, index) => `  s${String(index)}: { <<: *common }`).join('\n');
  const text = `x-common: &common { build: ., command: node a.js, environment: &env { A: 1 } }\nservices:\n${services}\n`;
  expect(Object.keys((await convert({ 'compose.yaml': text })).programs)).toHaveLength(200);
  const levels = Array.from(
    { length: 9 },
    (_, level) =>
      `l${String(level + 1)}: &l${String(level + 1)} [${Array(10)
        .fill(`*l${String(level)}`)
        .join(', ')}]`,
  );
  const attack = `l0: &l0 x\n${levels.join('\n')}\nservices: { a: { build: ., command: *l9 } }\n`;
  await expect(convert({ 'compose.yaml': attack })).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
});

describe('circus', () => {
  const one = (watcher: string) => convert({ 'circus.ini': `[watcher:a]\n${watcher}` });

  test.each<[string, object]>([
    ['cmd = ./x -v', { command: '/srv/x', args: ['-v'], inheritEnv: false, restart: { policy: 'always' } }],
    ['cmd = x\nargs = a b\ncopy_env = True', { command: 'x', args: ['a', 'b'] }],
    ['cmd = x\nnumprocesses = 3', { instances: 3 }],
    ['cmd = x\nrespawn = False', { restart: { policy: 'never' } }],
    ['cmd = x | y\nshell = True', { command: 'x | y', shell: true }],
    [
      'cmd = x\nstop_children = True\nstop_signal = INT\ngraceful_timeout = 5',
      { stop: { signal: 'SIGINT', target: 'tree', gracefulTimeoutMs: 5000 } },
    ],
    ['cmd = x\nstderr_stream.max_bytes = 2097152\nstderr_stream.backup_count = 3', { logs: { maxSizeMb: 2, keep: 3 } }],
    [
      'cmd = x\nstderr_stream.max_bytes = 2097152\nstdout_stream.max_bytes = 1048576\nstderr_stream.backup_count = 3',
      { logs: { maxSizeMb: 1, keep: 3 } },
    ],
    [
      'cmd = x\n[plugin:flapping]\nuse = circus.plugins.flapping.Flapping',
      { restart: { cooldown: { restarts: 2, windowMs: 1000, durationMs: 7000 } } },
    ],
    [
      'cmd = x\nflapping.retry_in = 3\n[plugin:p]\nuse = circus.plugins.flapping.Flapping\nattempts = 4\nwindow = 10',
      { restart: { cooldown: { restarts: 4, windowMs: 10_000, durationMs: 3000 } } },
    ],
    ['cmd = x\nuid = 33\nrlimit_nofile = 10', { user: 33, rlimits: { nofile: 10 } }],
    ['cmd = x $(circus.env.level)\n[env:a]\nlevel = debug', { args: ['debug'], env: { LEVEL: 'debug' } }],
  ])('%j becomes %j', async (watcher, fields) => {
    expect((await one(watcher)).programs['a']).toMatchObject(fields);
  });

  test.each([
    ['cmd = /opt/venv/bin/x\nvirtualenv = /opt/venv', []],
    ['cmd = x\nflapping.window = 3', []],
    ['cmd = x\nvirtualenv = /opt/venv', [expect.stringMatching(/virtualenv: set PYTHONPATH in env/)]],
    [
      'cmd = x\nflapping.active = False\n[plugin:f]\nuse = a.Flapping',
      [expect.stringMatching(/:3: flapping.active: a cooldown cannot be switched off/)],
    ],
    [
      'cmd = x\n[plugin:f]\nuse = a.Flapping\nmax_retry = 2',
      [expect.stringMatching(/:5: flapping.max_retry: the program is restarted after every cooldown/)],
    ],
  ])('%j reports what it loses', async (watcher, notes) => {
    expect((await one(watcher)).notes).toEqual(notes);
  });

  test('processes that differ by their number become separate programs', async () => {
    const { programs } = await one('cmd = x 90$(circus.wid)\nnumprocesses = 2');
    expect(Object.entries(programs).map(([id, { args }]) => [id, args])).toEqual([
      ['a-1', ['901']],
      ['a-2', ['902']],
    ]);
  });

  test.each<[string, string, object]>([
    ['cmd = x --fd $(circus.sockets.web)', 'port = 80', { listen: 'localhost:80', name: 'web' }],
    [
      'cmd = x --fd ((circus.sockets.WEB))\nuse_sockets = True',
      'host = 0.0.0.0\nport = 80\nbacklog = 9',
      { listen: '0.0.0.0:80', name: 'web', backlog: 9 },
    ],
    [
      'cmd = x --fd $(circus.sockets.web)',
      'path = /run/x.sock\numask = 007',
      { listen: '/run/x.sock', name: 'web', mode: '770' },
    ],
    [
      'cmd = x --fd $(circus.sockets.web)',
      'host = ::1\nport = 80\nfamily = AF_INET6',
      { listen: '[::1]:80', name: 'web' },
    ],
  ])('%j with the socket %j gets it as descriptor 3', async (watcher, socket, expected) => {
    const { programs, notes } = await one(`${watcher}\n[socket:web]\n${socket}`);
    expect(programs['a']).toMatchObject({ args: ['--fd', '3'], sockets: [expected] });
    expect(notes).toEqual([]);
  });

  test('sockets are numbered in the order in which the command names them', async () => {
    const sockets = '[socket:one]\nport = 81\n[socket:two]\nport = 82\n[socket:unused]\nport = 83';
    const { programs } = await one(
      `cmd = x $(circus.sockets.two) $(circus.sockets.one) $(circus.sockets.two)\n${sockets}`,
    );
    expect(programs['a']).toMatchObject({ args: ['3', '4', '3'], sockets: [{ name: 'two' }, { name: 'one' }] });
  });

  test.each(['type = SOCK_DGRAM\nport = 80', 'host = example.org\nport = 80', 'interface = lo\nport = 80', 'host = a'])(
    'a program that needs the socket %j is left out',
    async (socket) => {
      const { programs, notes } = await one(`cmd = x $(circus.sockets.web)\n[socket:web]\n${socket}`);
      expect(programs).toEqual({});
      expect(notes).toEqual([
        expect.stringMatching(/\[socket:web\]: healer cannot open a socket with this address or these options/),
        expect.stringMatching(/"a" was left out: it needs the socket "web", which circus opens for it$/),
      ]);
    },
  );

  test('a program with sockets that its command does not name is imported with a note', async () => {
    const { programs, notes } = await one('cmd = x\nuse_sockets = True\n[socket:web]\nport = 80');
    expect(programs['a']).toMatchObject({ command: 'x' });
    expect(notes).toEqual([expect.stringMatching(/use_sockets: its command names no socket/)]);
  });

  test('a program that needs a socket that the file does not define is left out', async () => {
    const { programs, notes } = await one('cmd = x --fd $(circus.sockets.web)');
    expect(programs).toEqual({});
    expect(notes).toEqual([
      '/srv/circus.ini:1: "a" was left out: it needs the socket "web", which circus opens for it',
    ]);
  });
});

describe('monit', () => {
  const one = (statements: string) =>
    convert({ monitrc: `set daemon 10\ncheck process a with pidfile /run/a.pid\n${statements}` });
  const START = '  start program = "/bin/a -d"\n  stop program = "/bin/sh -c \'kill `cat /run/a.pid`\'"\n';

  test.each<[string, object]>([
    [START, { command: '/bin/a', args: ['-d'], type: 'forking', pidFile: '/run/a.pid', restart: { policy: 'always' } }],
    ['start program = "/bin/a" as uid www and gid 33 with timeout 9 seconds', { user: 'www', group: 33 }],
    [
      `${START}  if failed port 80 protocol http\n    request "/h" for 3 cycles then restart`,
      {
        health: {
          check: { type: 'http', url: 'http://127.0.0.1:80/h' },
          intervalMs: 10_000,
          consecutiveFailuresRequired: 3,
        },
      },
    ],
    [
      'start program = "/bin/a"\n  stop program = "/bin/a -s quit" with timeout 9 seconds',
      { stop: { command: { command: '/bin/a', args: ['-s', 'quit'], timeoutMs: 9000 } } },
    ],
    [
      'start program = "/bin/a"\n  stop program = "/bin/sh -c \'a | b\'"',
      { stop: { command: { command: '/bin/sh', args: ['-c', 'a | b'], timeoutMs: 30_000 } } },
    ],
    [`${START}  if failed port 6379 then restart`, { health: { check: { type: 'tcp', port: 6379 } } }],
    [`${START}  if totalmem > 200 MB for 5 cycles then restart`, { limits: { memoryMb: 200 } }],
    [`${START}  if 3 restarts within 6 cycles then timeout`, { restart: { maxAttempts: 3, resetAfterMs: 60_000 } }],
    [`${START}  if 5 restarts with 6 cycles then timeout`, { restart: { maxAttempts: 5, resetAfterMs: 60_000 } }],
    [`${START}  if mem is greater than 64 MB then restart`, { limits: { memoryMb: 64 } }],
    [`${START}  if totalmem gt 1.5 GB then restart`, { limits: { memoryMb: 1536 } }],
    [`${START}  group www # note\n  mode manual`, { groups: ['www'], autostart: false }],
  ])('%j becomes %j', async (statements, fields) => {
    expect((await one(statements)).programs['a']).toMatchObject(fields);
  });

  test.each([
    ['start program = "/etc/init.d/a start"', /a service manager starts it \("\/etc\/init.d\/a start"\)/],
    ['start program = "/usr/bin/systemctl start a"', /a service manager starts it/],
    ['start program = "/sbin/start a"', /a service manager starts it \("\/sbin\/start a"\)/],
    ['start program = "/usr/local/bin/pm2 start a"', /a service manager starts it/],
    ['start program = "/usr/bin/docker start a"', /a service manager starts it/],
    ['if failed port 80 then alert', /it has no start program: monit only watches it/],
  ])('a program with %j is left out', async (statements, why) => {
    const { programs, notes } = await one(statements);
    expect(programs).toEqual({});
    expect(notes).toEqual([expect.stringMatching(why)]);
  });
});

test.each([
  ['start program = "/bin/a" with timeout 60 seconds', []],
  ['start program = "/bin/a" with timeout 2 m', [expect.stringMatching(/a timeout of 120 s; healer looks/)]],
  [
    'start program = "/bin/a"\n  stop program = "/usr/bin/killall a"',
    [expect.stringMatching(/"\/usr\/bin\/killall a" is run as it is, and ends every process of that name/)],
  ],
])('monit with %j reports what differs', async (statements, notes) => {
  const monitrc = `check process a with pidfile /run/a.pid\n  ${statements}\n`;
  expect((await convert({ monitrc })).notes).toEqual(notes);
});

test('a limit of monit that has to be exceeded several times applies at once, which is reported', async () => {
  const monitrc = (words: string): string =>
    `check process a with pidfile /run/a.pid\n  start program = "/bin/a"\n  if totalmem > 200 MB ${words}then restart\n`;
  expect((await convert({ monitrc: monitrc('for 5 cycles ') })).notes).toContainEqual(
    expect.stringContaining('"for 5 cycles": healer restarts the program as soon as it exceeds the limit'),
  );
  for (const words of ['', 'for 1 cycle '])
    expect((await convert({ monitrc: monitrc(words) })).notes.join()).not.toContain('as soon as');
});

test('an unknown field within a field of process-compose is reported', async () => {
  const fields = [
    'shutdown: { timeout: 20s }',
    'availability: { retries: 3 }',
    'readiness_probe: { exec: { command: x }, every: 3 }',
  ];
  const process = ['command: x', ...fields].map((line) => `    ${line}\n`).join('');
  const { notes } = await convert({ 'process-compose.yaml': `processes:\n  a:\n${process}` });
  for (const name of ['shutdown.timeout', 'availability.retries', 'readiness_probe.every'])
    expect(notes).toContainEqual(expect.stringContaining(`"${name}" is not a documented field of process-compose`));
});

describe('a file with unexpected values', () => {
  const scalar = fc.oneof(
    fc.constantFrom('x', './x a', '$A', '', 'a b'),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  );
  const value = fc.oneof(
    scalar,
    fc.array(scalar, { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'test', 'command', 'limits', 'path'), scalar),
  );
  const keys = [
    ...[
      'shell',
      'cmd',
      'cwd',
      'env',
      'stop',
      'deps',
      'command',
      'entrypoint',
      'environment',
      'availability',
      'depends_on',
    ],
    ...[
      'readiness_probe',
      'shutdown',
      'schedule',
      'replicas',
      'namespace',
      'vars',
      'extends',
      'image',
      'build',
      'volumes',
      'ports',
    ],
    ...['env_file', 'healthcheck', 'deploy', 'ulimits', 'user', 'restart', 'working_dir', 'profiles', 'add_path'],
  ];
  const program = fc.oneof(scalar, fc.dictionary(fc.constantFrom(...keys), value));

  test.each([
    ['procs', importMprocs],
    ['processes', importProcessCompose],
    ['services', importCompose],
  ] as const)('%s are converted to valid programs', (key, convertText) => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c d'), program), (programs) => {
        const imported = convertText(JSON.stringify({ [key]: programs }), '/srv/x.yaml');
        for (const { id, spec } of imported.programs) processSpecSchema.parse({ ...spec, id });
      }),
    );
  });

  const line = fc.stringMatching(/^[\w=:[\]%(){}"'$;#,\\/@ -]*$/);
  test.each([
    ['systemd', (text: string) => importUnit(`[Service]\n${text}`, '/srv/x.service')],
    ['circus', (text: string) => importCircus(`[watcher:a]\n${text}`, '/srv/x.ini')],
    ['monit', (text: string) => importMonit(`check process a with pidfile /x\n${text}`, '/srv/monitrc')],
  ] as const)('%s is converted to valid programs', (_kind, convertText) => {
    const starts = fc.constantFrom(
      'ExecStart=',
      'Environment=',
      'cmd = ',
      'args = ',
      'start program = ',
      'if failed ',
      '',
    );
    const lines = fc.array(
      fc.tuple(starts, line).map(([start, rest]) => start + rest),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(lines, (content) => {
        for (const { id, spec } of convertText(content.join('\n')).programs) processSpecSchema.parse({ ...spec, id });
      }),
    );
  });
});
