import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandRow } from '../../src/cli/command/command.ts';
import type { OptionRow, OptionRows } from '../../src/cli/command/option.ts';
import { GLOBAL_OPTIONS } from '../../src/cli/command/shared-options.ts';
import { COMMANDS } from '../../src/cli/command-groups/command-table.ts';
import type { FakeEngine, FakeHandlers } from '../support/fake-engine.ts';
import { engineEvent, programRow, snapshotMessage } from '../support/program-row.ts';
import { CLI, type CliHome, createCliHome, finished } from '../support/run-cli.ts';
import { createStandInCli } from '../support/stand-in-cli.ts';
import { spec } from '../support/programs.ts';
import { Terminal } from '../support/terminal.ts';
import { waitFor } from '../support/wait-for.ts';

const LINE = { time: '2026-11-21T09:34:01.000Z', stream: 'stdout', text: 'hello', partial: false } as const;
const NO_CHANGE = { added: [], removed: [], restarted: [], changed: [], applied: true };
const PLAN = {
  ...{ applied: true, files: [], refused: [], added: [], removed: [], restarted: [], changedInPlace: [] },
  ...{ unchanged: ['web'], unlisted: ['old'], problems: [], moreProblems: 0 },
};

const HANDLERS: FakeHandlers = {
  list: () => [programRow({ id: 'web', pid: 99 })],
  stop: ({ id }) => ({ id, state: 'stopped', pid: null, forced: false, tookMs: 5 }),
  restart: ({ id }) => ({ id, state: 'running', pid: 99, forced: false, tookMs: 5 }),
  signal: ({ id, pid = 99, signal }) => ({
    ...{ id, pid, startTicks: 5, command: 'serve', signal, isMain: pid === 99, handling: 'handled' },
    ...{ found: 'running', tookMs: 5, state: 'running' },
  }),
  hold: ({ id }) => ({ id, state: 'running', pid: 99, forced: false, tookMs: 5 }),
  add: ({ definition }) => ({ id: definition.id, ...NO_CHANGE, added: [definition.id] }),
  update: ({ id }) => ({ id, ...NO_CHANGE, changed: [id] }),
  scale: ({ id }) => ({ id, ...NO_CHANGE, changed: [id] }),
  shutdown: () => ({ stopped: ['web'], forced: [], kept: [], tookMs: 5 }),
  reloadConfig: () => PLAN,
  status: () => ({ degraded: [] }),
  trackStatus: () => ({ enabled: true, running: true, trackedCount: 0, checkInterval: 1, tracked: [] }),
  cleanZombies: () => ({ cleaned: [], left: [], restarting: [] }),
  describe: () => ({ spec: spec() }),
  usage: ({ id }) => ({
    ...{ id, at: LINE.time, pid: 99, cpuPercent: 1, memoryMb: 120, allocatedMb: 100, openDescriptors: 20 },
    ...{ threads: 3, processes: 1 },
  }),
  history: ({ id }) => ({
    ...{ id, stepMs: 60_000, until: '2026-11-21T09:34:00.000Z', cpuPercent: [1, 2], memoryMb: [7, 8] },
  }),
  logs: () => [LINE, { ...LINE, stream: 'stderr', text: 'oops' }],
  events: () => [engineEvent(1)],
  subscribeSnapshot: () => [snapshotMessage({ rows: [programRow({ id: 'web' })] })],
};

let home: CliHome;
let engine: FakeEngine;
/** A home in which no engine is running. */
let empty: CliHome;
const standIn = await createStandInCli();
beforeAll(async () => {
  home = await createCliHome();
  empty = await createCliHome();
  engine = await home.startEngine(HANDLERS);
  for (const { folder } of [home, empty]) {
    writeFileSync(join(folder, 'list.txt'), '');
    writeFileSync(join(folder, 'Procfile'), 'web: ./serve\n');
    writeFileSync(join(folder, 'procs.txt'), 'web: ./serve\n');
    writeFileSync(join(folder, 'series.csv'), '0,1\n1,1\n2,1\n');
    writeFileSync(
      join(folder, 'pm2.config.json'),
      '{"apps":[{"name":"api","script":"./a.js","env":{"A":"1"},"env_production":{"A":"2"}}]}',
    );
  }
});
afterAll(async () => {
  await home.remove();
  await empty.remove();
  await standIn.remove();
});

/** A case checks that the option has its effect. */
type Case = () => Promise<void>;

/** The command makes this request of the engine. */
function requests(commandLine: string, method: string, params: object): Case {
  return async () => {
    const first = engine.calls.length;
    expect(await home.run(commandLine.split(' '))).toMatchObject({ code: 0, stderr: '' });
    expect(engine.calls.slice(first)).toContainEqual({ method, params });
  };
}

/** A command that follows makes this request; Ctrl-C ends it. */
function follows(commandLine: string, method: string, params: object): Case {
  return async () => {
    const first = engine.calls.length;
    const child = home.spawn(commandLine.split(' '));
    const result = finished(child);
    const requested = (): object | undefined => engine.calls.slice(first).find((call) => call.method === method);
    await waitFor(() => requested(), `the request ${method}`);
    child.kill('SIGINT');
    expect(await result).toMatchObject({ code: 130 });
    expect(requested()).toMatchObject({ method, params });
  };
}

interface Printed {
  readonly code?: number;
  readonly stdout?: string | RegExp;
  readonly stderr?: string | RegExp;
  readonly env?: Readonly<Record<string, string>>;
  /** Where to run it; with the fake engine by default. */
  readonly at?: () => CliHome;
}

function prints(commandLine: string, { code = 0, stdout = '', stderr = '', env = {}, at = () => home }: Printed): Case {
  return async () => {
    const result = await at().run(commandLine.split(' '), { env });
    expect(result.code).toBe(code);
    for (const [text, wanted] of [
      [result.stdout, stdout],
      [result.stderr, stderr],
    ] as const) {
      if (typeof wanted === 'string') expect(text).toBe(wanted);
      else expect(text).toMatch(wanted);
    }
  };
}

/** The engine is started in the foreground with these options. */
function startsEngine(options: string, expected: () => object): Case {
  return async () => {
    const { code, stdout } = await empty.run(['up', ...options.split(' ')], { cli: standIn.cli });
    expect(code).toBe(0);
    expect(JSON.parse(stdout.replace('in front: ', ''))).toMatchObject({ foreground: true, ...expected() });
  };
}

/** An engine of the instance is started in the background with these arguments. */
function startsInBackground(commandLine: string, instance: string, argumentsOf: () => string): Case {
  return async () => {
    const run = (line: string) => empty.run(line.split(' '), { cli: standIn.cli });
    try {
      expect(await run(commandLine)).toMatchObject({ code: 0, stderr: '' });
      const [row] = JSON.parse((await run(`ls --json --instance ${instance}`)).stdout) as { source: string }[];
      expect(row?.source).toContain(argumentsOf());
    } finally {
      for (const name of ['default', 'watcher']) await run(`down --instance ${name}`);
    }
  };
}

function onTerminal(options: string, isShown: (terminal: Terminal) => boolean): Case {
  return async () => {
    const command = [process.execPath, standIn.cli, 'tui', ...options.split(' ')];
    await using terminal = new Terminal(command, { env: { HEALER_HOME: home.folder } });
    await waitFor(() => isShown(terminal), `the terminal UI with ${options}`);
  };
}

const added = (definition: object) => ({
  definition: { id: 'web', command: 'x', args: [], cwd: home.folder, ...definition },
});

function adds(options: string, fields: () => object): Case {
  return async () => requests(`add web ${options} -- x`, 'add', added(fields()))();
}

function updates(options: string, changes: object): Case {
  return requests(`update web ${options}`, 'update', { id: 'web', changes });
}

const TAIL = { id: 'web', tail: 50 };

/** One case or more for each flag of each command. */
const CASES: Readonly<Record<string, Readonly<Record<string, Case | readonly Case[]>>>> = {
  healer: {
    '--instance': prints('ls --instance blue', { code: 3, stderr: /healer up --instance blue/ }),
    '--host': prints('ls --host http://127.0.0.1:1', { code: 3, stderr: /http:\/\/127\.0\.0\.1:1/ }),
    '--token-file': [
      prints('ls --token-file list.txt', {
        code: 2,
        stderr: 'healer: "--token-file" needs "--host": the local engine requires no token\n',
      }),
      prints('ls --host http://127.0.0.1:1 --token-file none', { code: 2, stderr: /cannot read "none"/ }),
    ],
    '-q': prints('ls -q', { stdout: /^web/m }),
    '--quiet': prints('ls --quiet', { stdout: /^web/m }),
    '--json': prints('ls --json', { stdout: /^\[\{"id":"web",/ }),
    '--color': prints('ls --color always', { stdout: /.\[32mrunning/ }),
    '--ascii': async () => {
      const command = [process.execPath, CLI, 'ls', '--ascii'];
      await using terminal = new Terminal(command, { columns: 10, env: { HEALER_HOME: home.folder } });
      await terminal.exit;
      await waitFor(() => /^[ -}]*~[ -~]*$/m.test(terminal.screen()), 'a cut in ASCII');
    },
  },
  up: {
    '-f': startsEngine('--foreground -f list.txt', () => ({ files: [join(empty.folder, 'list.txt')] })),
    '--file': startsEngine('--foreground --file list.txt', () => ({ files: [join(empty.folder, 'list.txt')] })),
    '--dry-run': [
      prints('up --dry-run', { stdout: 'Nothing would change.\n' }),
      requests('up --dry-run -f list.txt', 'reloadConfig', {
        dryRun: true,
        add: [expect.stringMatching(/list.txt$/)],
        check: 'named',
      }),
    ],
    '--replace': [
      requests('up --dry-run --replace -f list.txt', 'reloadConfig', {
        dryRun: true,
        files: [expect.stringMatching(/list.txt$/)],
        check: 'named',
      }),
      startsEngine('--foreground --replace -f list.txt', () => ({ replaces: true })),
    ],
    '--yes': requests('up --yes', 'reloadConfig', { dryRun: false, remove: ['old'] }),
    '-y': requests('up -y', 'reloadConfig', { dryRun: false, remove: ['old'] }),
    '--foreground': startsEngine('--foreground', () => ({ files: [], observes: false, isStandalone: false })),
    '--no-daemon': startsEngine('--no-daemon', () => ({ files: [] })),
    // Printing is held by e2e/foreground-output.test.ts.
    '--no-output': startsEngine('--foreground --no-output', () => ({ files: [] })),
    '--observe': startsEngine('--foreground --observe', () => ({ observes: true })),
    '--attach': startsEngine('--attach', () => ({ files: [] })),
    '--standalone': startsEngine('--foreground --standalone', () => ({ isStandalone: true })),
    // What it waits for is held by e2e/up-wait.test.ts.
    '--wait': prints('up --wait --foreground', { code: 2, stderr: /--wait needs an engine in the background/ }),
    '--timeout': prints('up --timeout 5s', { code: 2, stderr: /--timeout says how long --wait waits — add --wait/ }),
  },
  down: {
    '-f': requests('down -f list.txt', 'reloadConfig', { dryRun: false, drop: [expect.stringMatching(/list.txt$/)] }),
    '--file': prints('down --file list.txt --keep', { code: 2, stderr: /--keep and -f exclude each other/ }),
    '--yes': requests('down -f list.txt --yes', 'reloadConfig', {
      dryRun: false,
      drop: [expect.stringMatching(/list.txt$/)],
    }),
    '-y': requests('down -f list.txt -y', 'reloadConfig', { dryRun: true, drop: [expect.stringMatching(/list.txt$/)] }),
    '--keep': requests('down --keep', 'shutdown', { keep: true }),
    '--timeout': requests('down --timeout 1m30s', 'shutdown', { keep: false, timeoutMs: 90_000 }),
  },
  // With an engine of another build: test/e2e/upgrade.test.ts.
  upgrade: { '--force': prints('upgrade --force', { code: 3, stderr: /healer up/, at: () => empty }) },
  watcher: {
    '-f': startsInBackground('watcher -f list.txt', 'default', () => `--file ${join(empty.folder, 'list.txt')}`),
    '--file': startsInBackground('watcher --file list.txt', 'watcher', () => '--partner default'),
    '--status': prints('watcher --status --json', { code: 3, stdout: /"watcher":\{"instanceId":"watcher"/ }),
    '--restart': prints('watcher --restart', {
      code: 3,
      stderr: /no watcher of "default" is running — start one with "healer watcher"/,
    }),
    '--stop': prints('watcher --stop', {
      code: 3,
      stderr: /no watcher of "default" is running — start one with "healer watcher"/,
    }),
    '--standalone': startsInBackground('watcher --standalone', 'watcher', () => '--standalone'),
  },
  'reload-config': { '--dry-run': requests('reload-config --dry-run', 'reloadConfig', { dryRun: true }) },
  tui: {
    '--read-only': onTerminal('--read-only', (terminal) => terminal.screen().includes('read-only')),
    '--no-mouse': onTerminal('--no-mouse', ({ raw, altScreen }) => altScreen && !raw.includes('\x1b[?1000h')),
    '--screen-reader': onTerminal('--screen-reader', ({ raw, altScreen }) => !altScreen && raw.includes('web')),
  },
  wait: {
    '--for': prints('wait web --for ready', { stdout: /^"web" is ready / }),
    '--timeout': prints('wait web --for stopped --timeout 10ms', {
      code: 1,
      stderr: /"web" is not stopped after 10ms/,
    }),
  },
  ls: {
    '-w': follows('ls -w', 'subscribeSnapshot', { intervalMs: 1000 }),
    '--watch': follows('ls --watch --json', 'subscribeSnapshot', { intervalMs: 1000 }),
    '--interval': follows('ls --watch --interval 250ms', 'subscribeSnapshot', { intervalMs: 250 }),
  },
  logs: {
    '-f': follows('logs web -f', 'subscribeLog', TAIL),
    '--follow': follows('logs web --follow', 'subscribeLog', TAIL),
    '-n': requests('logs web -n 2', 'logs', { id: 'web', tail: 2 }),
    '--lines': requests('logs web --lines 2', 'logs', { id: 'web', tail: 2 }),
    '--grep': prints('logs web --grep h.llo', { stdout: 'hello\n' }),
    '--timestamps': prints('logs web --timestamps --grep hello', {
      stdout: '2026-11-21T09:34:01.000Z hello\n',
      env: { TZ: 'UTC' },
    }),
    '--since': prints('logs web --since 2026-11-21T09:34:02Z', {
      stderr: 'healer: "web" wrote nothing in that time\n',
    }),
    '--until': prints('logs web --until 2026-11-21T09:34:02Z', { stdout: 'hello\noops\n' }),
    '-A': prints('logs web --grep hello -A 1', { stdout: 'hello\noops\n' }),
    '--after-context': prints('logs web --grep hello --after-context 1', { stdout: 'hello\noops\n' }),
    '-B': prints('logs web --grep oops -B 1', { stdout: 'hello\noops\n' }),
    '--before-context': prints('logs web --grep oops --before-context 1', { stdout: 'hello\noops\n' }),
    '-C': prints('logs web --grep oops -C 1', { stdout: 'hello\noops\n' }),
    '--context': prints('logs web --grep hello --context 1', { stdout: 'hello\noops\n' }),
    '--level': prints('logs web --level warn', {
      stderr: 'healer: no match in all 2 lines of "web", since 2026-11-21T09:34:01.000Z\n',
    }),
    '--where': prints('logs web --where user=42', { stderr: /no match in all 2 lines/ }),
    '--run': requests('logs web --run -1', 'logs', { id: 'web', run: -1, tail: 100_000 }),
    '--raw': prints('logs web --raw', { stdout: 'hello\noops\n' }),
    '--stream': prints('logs web --stream stderr', { stdout: 'oops\n' }),
  },
  events: {
    '-f': follows('events -f', 'subscribeEvents', { afterSeq: 1 }),
    '--follow': follows('events --follow', 'subscribeEvents', { afterSeq: 1 }),
    '-n': requests('events -n 7', 'events', { limit: 7 }),
    '--lines': requests('events --lines 7', 'events', { limit: 7 }),
    '--process': requests('events --process web', 'events', { limit: 20, process: 'web' }),
  },
  record: {
    '--for': records('--for 10ms', { expect: null }, ['timestamp,value', '2026-11-21T09:34:01.000Z,100']),
    '--past': records('--past', { since: '2026-11-21T09:33:00.000Z' }, [
      'timestamp,value',
      '2026-11-21T09:33:00.000Z,7',
      '2026-11-21T09:34:00.000Z,8',
    ]),
    '--false-alarm': records('--past --false-alarm', { expect: 'nothing' }),
  },
  zombies: { '--clean': requests('zombies --clean', 'cleanZombies', {}) },
  detect: { '--kind': prints('detect --kind spike series.csv', { stdout: 'No spike in 3 samples.\n' }) },
  stop: {
    '--force': requests('stop web --force', 'stop', { id: 'web', graceful: false }),
    '--timeout': requests('stop web --timeout 500ms', 'stop', { id: 'web', timeoutMs: 500 }),
  },
  restart: {
    '--timeout': requests('restart web --timeout 1h', 'restart', { id: 'web', timeoutMs: 3_600_000 }),
    '--rolling': requests('restart web --rolling', 'restart', { id: 'web' }),
  },
  hold: { '--for': requests('hold web --for 30m', 'hold', { id: 'web', forMs: 1_800_000 }) },
  signal: {
    '--pid': requests('signal web usr1 --pid 7', 'signal', { id: 'web', signal: 'SIGUSR1', pid: 7 }),
  },
  track: { '--list': prints('track --list', { stdout: /tracked/ }) },
  add: {
    '--cpu': [adds('--cpu 12.5', () => ({ limits: { cpuPercent: 12.5 } })), adds('--cpu none', noLimit('cpuPercent'))],
    '--memory': [
      adds('--memory 500', () => ({ limits: { memoryMb: 500 } })),
      adds('--memory none', noLimit('memoryMb')),
    ],
    '--cwd': adds('--cwd /srv', () => ({ cwd: '/srv' })),
    '--env': adds('--env A=1 --env B=x=y', () => ({ env: { A: '1', B: 'x=y' } })),
    '--type': adds('--type forking', () => ({ type: 'forking' })),
    '--pid-file': adds('--type forking --pid-file /run/app.pid', () => ({ type: 'forking', pidFile: '/run/app.pid' })),
    '--restart': adds('--restart never', () => ({ restart: { policy: 'never' } })),
    '--instances': adds('--instances 3', () => ({ instances: 3 })),
    '--set': adds('--set health.timeoutMs=5000 --set groups=["a"]', () => ({
      health: { timeoutMs: 5000 },
      groups: ['a'],
    })),
    '--autostart': adds('--autostart', () => ({ autostart: true })),
    '--no-autostart': adds('--no-autostart', () => ({ autostart: false })),
  },
  update: {
    '--cpu': [
      updates('--cpu 5', { limits: { cpuPercent: 5 } }),
      updates('--cpu none', { limits: { cpuPercent: null } }),
      updates('--cpu none --memory none', { limits: { cpuPercent: null, memoryMb: null } }),
    ],
    '--memory': [
      updates('--memory 800', { limits: { memoryMb: 800 } }),
      updates('--memory none', { limits: { memoryMb: null } }),
    ],
    '--unset': requests('update web --unset memory --unset env.A', 'update', {
      id: 'web',
      changes: {},
      unset: ['memory', 'env.A'],
    }),
    '--cwd': updates('--cwd /srv', { cwd: '/srv' }),
    '--env': updates('--env A=', { env: { A: '' } }),
    '--type': updates('--type forking', { type: 'forking' }),
    '--pid-file': updates('--pid-file /run/app.pid', { pidFile: '/run/app.pid' }),
    '--restart': updates('--restart on-failure', { restart: { policy: 'on-failure' } }),
    // Instances alone are a request of their own.
    '--instances': [
      requests('update web --instances 3', 'scale', { id: 'web', instances: 3 }),
      updates('--instances 0 --cpu 5', { instances: 0, limits: { cpuPercent: 5 } }),
    ],
    '--set': updates('--set anomaly.leak.restartWindow=03:00-04:00', {
      anomaly: { leak: { restartWindow: '03:00-04:00' } },
    }),
    '--autostart': updates('--no-autostart --autostart', { autostart: true }),
    '--no-autostart': updates('--autostart --no-autostart', { autostart: false }),
  },
  doctor: {
    '--fix': prints('doctor --fix', { stdout: /^(?:fixed|Nothing can be fixed automatically)/m }),
    '-y': prints('doctor -y', { code: 2, stderr: /--yes answers the questions of --fix — add --fix/ }),
    '--yes': prints('doctor --yes', { code: 2, stderr: /--yes answers the questions of --fix — add --fix/ }),
  },
  init: { '--stdout': prints('init --stdout', { stdout: /^ {2}web:$/m, at: () => empty }) },
  import: {
    '-o': writes('import Procfile -o short.yaml', 'short.yaml', 'web:'),
    '--output': writes('import Procfile --output long.yaml', 'long.yaml', 'web:'),
    '--stdout': prints('import Procfile --stdout', { stdout: /^processes:$/m }),
    '--force': async () => {
      writeFileSync(join(home.folder, 'old.yaml'), 'old');
      await writes('import Procfile -o old.yaml --force', 'old.yaml', 'web:')();
    },
    '--kind': prints('import procs.txt --kind procfile --stdout', { stdout: /^ {2}web:$/m }),
    '--env': prints('import pm2.config.json --env production --stdout', { stdout: /A: "2"/ }),
  },
  startup: {
    '--user': prints('startup systemd --user', { stdout: /WantedBy=default.target/, stderr: /enable-linger/ }),
    '--system': prints('startup systemd --system', { stdout: /WantedBy=multi-user.target/, stderr: /daemon-reload/ }),
    '--write': async () => {
      const env = { XDG_CONFIG_HOME: join(home.folder, 'xdg') };
      await prints('startup systemd --user --write', { stdout: /^Wrote /, stderr: /^healer: at boot, /, env })();
      expect(existsSync(join(home.folder, 'xdg/systemd/user/healer.service'))).toBe(true);
    },
  },
  completion: {
    '--ids': prints('completion --ids', { stdout: 'web\n' }),
    '--words': prints('completion --words -- descri', { stdout: /^words\t\n(?:.*\n)*describe\t/ }),
  },
  // With a fleet: test/e2e/fleet.test.ts.
  'fleet init': {
    '--listen': prints('fleet init --listen 10.0.0.1:99999', { code: 2, stderr: /"99999" is not a port/ }),
    '--advertise': prints('fleet init --listen 0.0.0.0 --advertise a_b', { code: 2, stderr: /"a_b" is neither/ }),
    '--insecure': prints('fleet init --insecure', { code: 2, stderr: /add "--listen ADDRESS"/ }),
    '--name': prints('fleet init --listen 127.0.0.1 --name ...', { code: 2, stderr: /"..." cannot be used/ }),
    '--site': prints('fleet init --listen 127.0.0.1 --site A_B', { code: 2, stderr: /not the name of a site/ }),
    '--restore': prints('fleet init --restore missing.txt', { code: 2, stderr: /cannot read "missing.txt"/ }),
  },
  'fleet invite': {
    '--role': prints('fleet invite --role viewer a.b', { code: 2, stderr: /not the name of a person/ }),
    '--verbs': prints('fleet invite web --verbs restart', { code: 2, stderr: /add "--role operator"/ }),
    '--site': prints('fleet invite web --site A_B', { code: 2, stderr: /not the name of a site/ }),
    '--label': prints('fleet invite web --label x', { code: 2, stderr: /"x" is not a label/ }),
    '--file': prints('fleet invite --file missing.txt', { code: 2, stderr: /cannot read "missing.txt"/ }),
    '--out': prints('fleet invite web --out invitations', { code: 1, stderr: /not the hub of a fleet/ }),
    '--expires': prints('fleet invite web --expires 1s', { code: 2, stderr: /from 1m to 366d/ }),
    '--replace': prints('fleet invite web --replace', { code: 1, stderr: /not the hub of a fleet/ }),
  },
  'fleet join': {
    '--file': prints('fleet join --file missing.txt', { code: 2, stderr: /cannot read "missing.txt"/ }),
    '--replace': prints('fleet join x --replace', { code: 2, stderr: /not an invitation/ }),
  },
  'fleet leave': {
    '--person': prints('fleet leave --person', { code: 1, stderr: /this user holds no credential/ }),
  },
  'fleet fence': { '--site': prints('fleet fence web --site eu', { code: 1, stderr: /not the hub of a fleet/ }) },
  'fleet forget': { '--site': prints('fleet forget web --site eu', { code: 1, stderr: /not the hub of a fleet/ }) },
  // With hosts: fleet-ls.test.ts.
  'fleet tui': {
    '--read-only': prints('fleet tui --read-only', { code: 1, stderr: /holds no credential of a fleet/ }),
    '--no-mouse': prints('fleet tui --no-mouse', { code: 1, stderr: /holds no credential of a fleet/ }),
    '--screen-reader': prints('fleet tui --screen-reader', { code: 1, stderr: /holds no credential of a fleet/ }),
  },
  // With hosts: e2e/fleet-host.test.ts.
  ...Object.fromEntries(
    ['start', 'stop', 'restart', 'reload', 'kill', 'pause', 'resume', 'enable', 'disable'].map((operation) => [
      `fleet ${operation}`,
      operatesFleet(operation),
    ]),
  ),
  'fleet ls': {
    '-w': prints('fleet ls -w', { code: 1, stderr: /holds no credential of a fleet/ }),
    '--watch': prints('fleet ls --watch', { code: 1, stderr: /holds no credential of a fleet/ }),
    '--interval': [
      prints('fleet ls --interval 2s', { code: 2, stderr: /add --watch/ }),
      prints('fleet ls --watch --interval 2h', { code: 2, stderr: /from 100ms to 1m/ }),
    ],
  },
};

/** Each flag is accepted: without a fleet, the command then reports the missing credential. */
function operatesFleet(operation: string): Readonly<Record<string, Case>> {
  const flags = ['-l', '--selector', '-y', '--yes', ...(['stop', 'restart'].includes(operation) ? ['--timeout'] : [])];
  const wordOf = (flag: string): string => {
    if (flag === '--timeout') return ' --timeout 5s -l role=web';
    return flag === '-y' || flag === '--yes' ? ` ${flag} -l role=web` : ` ${flag} role=web`;
  };
  const fails = { code: 1, stderr: /holds no credential of a fleet/ };
  return Object.fromEntries(
    flags.map((flag) => [flag, prints(`fleet ${operation} web${wordOf(flag)}`, fails)] as const),
  );
}

/** The recording has these facts, and these lines of memory. */
function records(options: string, facts: object, lines?: readonly string[]): Case {
  return async () => {
    const folder = `recording${options.replaceAll(' ', '')}`;
    const result = await home.run(['record', 'web', folder, ...options.split(' ')]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const read = (name: string): string => readFileSync(join(home.folder, folder, name), 'utf8');
    expect(JSON.parse(read('recording.json'))).toMatchObject({ id: 'web', ...facts });
    if (lines !== undefined) expect(read('memory.csv').trimEnd().split('\n')).toEqual(lines);
  };
}

function noLimit(field: string): () => object {
  return () => ({ limits: { [field]: null } });
}

function writes(commandLine: string, file: string, content: string): Case {
  return async () => {
    expect(await home.run(commandLine.split(' '))).toMatchObject({ code: 0 });
    expect(readFileSync(join(home.folder, file), 'utf8')).toContain(content);
  };
}

function flagsOf({ flags, opposite }: OptionRow): readonly string[] {
  return `${flags} ${opposite?.flags ?? ''}`.split(/[ ,]+/).filter((word) => word.startsWith('-'));
}

function optionsOf(row: CommandRow): OptionRows {
  return row.options ?? {};
}

const TABLE: readonly (readonly [command: string, options: OptionRows])[] = [
  ['healer', GLOBAL_OPTIONS],
  ...Object.entries(COMMANDS).map(([name, row]) => [name, optionsOf(row)] as const),
];

test.each(TABLE)('%s has a case for each of its flags', (name, options) => {
  const flags = Object.values(options).flatMap(flagsOf);
  expect(Object.keys(CASES[name] ?? {}).sort()).toEqual([...flags].sort());
});

describe.each(Object.entries(CASES))('%s', (_name, cases) => {
  test.each(Object.entries(cases))('%s', async (_flag, single) => {
    for (const check of Array.isArray(single) ? (single as readonly Case[]) : [single as Case]) await check();
  });
});
