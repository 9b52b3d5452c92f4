import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { freePort } from '../support/free-port.ts';
import { HealerHome } from '../support/healer-home.ts';
import { requireTool } from '../support/require-tool.ts';
import { SteadyRequests } from '../support/steady-requests.ts';
import { waitFor } from '../support/wait-for.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/programs/', import.meta.url));
const RATE = 100;

let home: HealerHome;
let port: number;
beforeEach(async () => {
  home = new HealerHome();
  port = await freePort();
});
afterEach(() => home[Symbol.asyncDispose]());

type Fields = Readonly<Record<string, unknown>>;

async function up(processes: Readonly<Record<string, Fields>>): Promise<void> {
  await home.ok('up', '-f', home.write('healer.yaml', JSON.stringify({ processes })));
}

async function again(): Promise<void> {
  await home.ok('up', '-f', join(home.folder, 'healer.yaml'));
}

function serverIn(language: string): Fields {
  if (language === 'Node.js') return { command: process.execPath, args: [join(FIXTURES, 'socket-server.mjs')] };
  if (language === 'Python') return { command: 'python3', args: [join(FIXTURES, 'socket_server.py')] };
  requireTool('gcc');
  const program = join(home.folder, 'server');
  if (!existsSync(program)) execFileSync('gcc', ['-O2', '-o', program, join(FIXTURES, 'socket_server.c')]);
  return { command: program };
}

function web(language: string): Fields {
  return {
    ...serverIn(language),
    sockets: [{ listen: `127.0.0.1:${String(port)}` }],
    ready: { log: 'listening' },
    restart: { policy: 'always', backoffMs: [0], cooldown: { restarts: 100 } },
    reload: { strategy: 'overlap' },
  };
}

/** Resolves once a run with another pid is running. */
async function nextRun(before: number): Promise<number> {
  return waitFor(async () => {
    const { pid, state } = await home.row('web');
    return state === 'running' && pid !== null && pid !== before ? pid : null;
  }, 'another run');
}

async function answers(requests: SteadyRequests, count: number): Promise<void> {
  const goal = requests.answered + count;
  await waitFor(() => requests.answered >= goal || requests.failures.length > 0, `${String(count)} answers`);
}

describe.each(['Node.js', 'Python', 'C'])('clients of a server in %s', (language) => {
  test('wait while it crashes or restarts, and while the engine is killed', async () => {
    await up({ web: web(language) });
    const { pid: first } = await home.state('web', 'running');
    await using requests = new SteadyRequests({ port }, RATE);
    await answers(requests, 20);
    await home.ok('restart', 'web');
    const second = await nextRun(first ?? 0);
    await answers(requests, 20);
    await home.ok('reload', 'web');
    const { pid: third } = await home.row('web');
    expect(third).not.toBe(second);
    await waitFor(() => !isAlive(second), 'the replaced run to exit');
    await answers(requests, 20);
    await home.killEngine();
    await answers(requests, 20);
    await again();
    await home.ok('restart', 'web');
    await nextRun(third ?? 0);
    await answers(requests, 20);
    await requests.end();
    expect(requests.failures).toEqual([]);
  });
});

test('connections wait in the backlog while a program that crashed is in backoff', async () => {
  await up({ web: { ...web('Node.js'), restart: { policy: 'always', backoffMs: [1_500] } } });
  const { pid } = await home.state('web', 'running');
  process.kill(pid ?? 0, 'SIGKILL');
  await home.state('web', 'backoff');
  await using requests = new SteadyRequests({ port }, RATE);
  await answers(requests, 10);
  expect(requests.failures).toEqual([]);
});

test('sockets survive the engine while no program runs, and are closed once the program is stopped', async () => {
  await up({ web: { ...web('Node.js'), restart: { policy: 'always', backoffMs: [3_000] } } });
  const { pid } = await home.state('web', 'running');
  await waitFor(() => existsSync(join(home.folder, 'run/default.keep')), 'the sockets to be handed over');
  await home.ok('restart', 'web');
  const second = await nextRun(pid ?? 0);
  process.kill(second, 'SIGKILL');
  await home.state('web', 'backoff');
  await home.killEngine();
  await using requests = new SteadyRequests({ port }, RATE);
  await again();
  await answers(requests, 10);
  await requests.end();
  expect(requests.failures).toEqual([]);
  await home.ok('stop', 'web');
  const code = await new Promise((resolve) => {
    connect(port, '127.0.0.1').once('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
  });
  expect(code).toBe('ECONNREFUSED');
});

test('a program receives several sockets with their names, also one with a path and its mode', async () => {
  const path = join(home.folder, 'web.sock');
  const script = `
    const { LISTEN_FDS, LISTEN_FDNAMES, PWD, SHLVL } = process.env;
    require("net").createServer().listen({ fd: 3 }, function () {
      console.log(this.address().address, this.address().port, LISTEN_FDS, LISTEN_FDNAMES, PWD, SHLVL);
    });
    require("net").createServer((client) => client.end("second")).listen({ fd: 4 });`;
  await up({
    web: {
      ...{ command: process.execPath, args: ['-e', script], startSeconds: 0 },
      sockets: [
        { listen: `[::1]:${String(port)}`, name: 'http' },
        { listen: path, mode: '660' },
      ],
    },
  });
  const line = `::1 ${String(port)} 2 http:${path} undefined undefined`;
  await waitFor(async () => (await home.ok('logs', 'web')).includes(line), 'its output');
  const answer = await new Promise((resolve) => connect(path).once('data', (data) => resolve(data.toString())));
  expect(answer).toBe('second');
  expect(statSync(path).mode & 0o777).toBe(0o660);
  await home.ok('stop', 'web');
  expect(existsSync(path)).toBe(false);
});

test('a program whose address is used by another process says so', async () => {
  const { createServer } = await import('node:net');
  const other = createServer().listen(port, '127.0.0.1');
  try {
    await up({ web: { ...web('Node.js'), restart: { policy: 'never' } } });
    expect((await home.event('spawn-failed')).reason).toContain(
      `cannot start "web": cannot listen on 127.0.0.1:${String(port)}: EADDRINUSE, another process uses this address`,
    );
  } finally {
    other.close();
  }
});

/** A new version of the server, whose readiness depends on a file. */
function versioned(): Fields {
  const script = home.write(
    'versioned.sh',
    `[ -e "${home.folder}/broken" ] && exec sleep 1000\n[ -e "${home.folder}/crashing" ] && exit 3\nexec ${process.execPath} ${join(FIXTURES, 'socket-server.mjs')}\n`,
  );
  return { ...web('Node.js'), command: 'sh', args: [script], ready: { log: 'listening', timeoutMs: 1_000 } };
}

test.each([
  ['broken', 'it was not ready within 1 s'],
  ['crashing', 'exited with code 3'],
])('a new run that is %s leaves the old one serving, and the reload fails', async (file, problem) => {
  await up({ web: versioned() });
  const { pid } = await home.state('web', 'running');
  home.write(file, '');
  await using requests = new SteadyRequests({ port }, RATE);
  await answers(requests, 10);
  const { code, stderr, stdout } = await home.run('reload', 'web');
  expect(code).not.toBe(0);
  expect(stderr + stdout).toContain(`reload failed: ${problem}`);
  expect((await home.event('reload-failed')).reason).toContain(problem);
  expect(await home.row('web')).toMatchObject({ state: 'running', pid, restarts: 0 });
  await answers(requests, 10);
  await requests.end();
  expect(requests.failures).toEqual([]);
  expect([...requests.answers.keys()]).toEqual([String(pid)]);
  await waitFor(
    () =>
      home.survivors().filter(({ command }) => /versioned|sleep 1000/.test(command)).length === 0 || file !== 'broken',
    'the new run to end',
  );
});

test('a reload that a kill of the engine interrupts leaves one run', async () => {
  await up({ web: { ...versioned(), ready: { log: 'listening', timeoutMs: 30_000 } } });
  const { pid } = await home.state('web', 'running');
  home.write('broken', '');
  const reload = home.run('reload', 'web');
  await waitFor(() => home.survivors().some(({ command }) => command === 'sleep 1000'), 'the new run');
  await home.killEngine();
  await reload;
  await again();
  expect(await home.state('web', 'running')).toMatchObject({ pid });
  await waitFor(() => home.survivors().every(({ command }) => command !== 'sleep 1000'), 'the new run to end');
});

test('stopping a program during a reload ends both runs', async () => {
  await up({ web: { ...versioned(), ready: { log: 'listening', timeoutMs: 30_000 } } });
  await home.state('web', 'running');
  home.write('broken', '');
  const reload = home.run('reload', 'web');
  await waitFor(() => home.survivors().some(({ command }) => command === 'sleep 1000'), 'the new run');
  await home.ok('stop', 'web');
  await reload;
  await waitFor(() => home.survivors().every(({ command }) => command.startsWith('healer')), 'both runs to end');
});

test.each(['reload', 'restart'] as const)(
  'a %s processes instances one after another, and stops at the first that fails',
  async (command) => {
    await up({ web: { ...web('Node.js'), instances: 3, reload: { strategy: 'overlap' } } });
    for (const id of ['web-0', 'web-1', 'web-2']) await home.state(id, 'running');
    await using requests = new SteadyRequests({ port }, RATE);
    await answers(requests, 20);
    await home.ok(command, 'web-*');
    for (const id of ['web-0', 'web-1', 'web-2']) await home.state(id, 'running');
    await answers(requests, 20);
    await requests.end();
    expect(requests.failures).toEqual([]);
    const events = (await home.events()).filter(
      ({ kind }) => kind === (command === 'reload' ? 'reloaded' : 'restarted'),
    );
    expect(events.map(({ process }) => process)).toEqual(['web-0', 'web-1', 'web-2']);
  },
);
