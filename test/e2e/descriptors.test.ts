import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { connectLocal, type Connection } from '../../src/client/connection/connection.ts';
import { HealerHome } from '../support/healer-home.ts';
import { CLI, finished } from '../support/run-cli.ts';
import { waitFor } from '../support/wait-for.ts';

const PATIENCE_MS = 30_000;

/** Runs "healer up" with a hard limit of open files, which the engine and the log collector inherit. */
async function upWithin(home: HealerHome, limit: number, ...lines: readonly string[]): Promise<void> {
  home.list(...lines);
  const script = `ulimit -n ${String(limit)}; exec "$@"`;
  const command = ['-c', script, 'sh', process.execPath, CLI, 'up', '-f', home.listFile];
  const { code } = await finished(spawn('sh', command, { cwd: home.folder, env: home.env }));
  expect(code).toBe(0);
}

/** Changes the soft limit, which does not need privileges. */
function limitFiles(pid: number, limit: number): void {
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${String(limit)}:`]);
}

async function byState(home: HealerHome): Promise<Record<string, string[]>> {
  const groups: Record<string, string[]> = {};
  for (const { id, state } of (await home.rows()).values()) (groups[state] ??= []).push(id);
  return groups;
}

function collectorOf(home: HealerHome): number {
  return home.survivors().find(({ command }) => command.startsWith('healer-keeper'))?.pid ?? 0;
}

const PROGRAMS = Array.from({ length: 150 }, (_, at) => `p${String(at)} - - -- sleep 100000`);

test.each([20, 40])('a command that may open only %i files says so', async (limit) => {
  await using home = new HealerHome();
  const command = ['-c', `ulimit -n ${String(limit)}; exec "$@"`, 'sh', process.execPath, CLI, 'ls'];
  const { code, stderr } = await finished(spawn('sh', command, { cwd: home.folder, env: home.env }));
  expect(code).toBe(1);
  expect(stderr).toMatch(/^healer: no file descriptor is free to load healer \(EMFILE\): raise the limit.*\n$/);
});

describe('an engine that may open few files', () => {
  test('starts as many programs as fit, lets the others wait, and stops what runs', async () => {
    await using home = new HealerHome();
    await upWithin(home, 160, ...PROGRAMS);
    const before = await waitFor(
      async () => {
        const groups = await byState(home);
        return (groups['running']?.length ?? 0) + (groups['waiting']?.length ?? 0) === 150 ? groups : null;
      },
      'all programs to run or wait',
      PATIENCE_MS,
    );
    const [running = [], waiting = []] = [before['running'], before['waiting']];
    expect(running.length).toBeGreaterThan(20);
    expect(waiting.length).toBeGreaterThan(50);
    const row = await home.row(waiting[0] ?? '');
    expect(row.why).toMatch(/^waiting for file descriptors: limit 160, raise LimitNOFILE/);
    expect(row.restarts).toBe(0);
    const status = await home.ok('status');
    expect(status).toMatch(/ of 160 open files/);
    expect(status).toContain(`${String(waiting.length)} programs are waiting for file descriptors: limit 160`);
    await home.ok('ls');
    await home.ok('describe', waiting[0] ?? '');

    // Programs that crash get their place back, or wait without being blamed.
    const [engine, collector] = [await home.enginePid(), collectorOf(home)];
    for (const id of running) process.kill(await home.pid(id), 'SIGKILL');
    await waitFor(
      async () => ((await byState(home))['running']?.length ?? 0) === running.length,
      'as many programs to run again',
      PATIENCE_MS,
    );
    expect(Object.keys(await byState(home)).sort()).toEqual(['running', 'waiting']);
    expect(await home.enginePid()).toBe(engine);
    expect(collectorOf(home)).toBe(collector);

    // Descriptors that become free are used by those that wait.
    const stopped = ((await byState(home))['running'] ?? []).slice(0, 5);
    await home.ok('stop', ...stopped);
    await waitFor(
      async () => ((await byState(home))['running']?.length ?? 0) === running.length,
      'others to be started instead',
      PATIENCE_MS,
    );

    const output = await home.ok('down');
    expect(output).toContain(`Stopped ${String(running.length)} programs`);
    await home.empty();
  });

  test('survives a limit that is lowered below what it has open, and can be stopped', async () => {
    await using home = new HealerHome();
    await home.up(...PROGRAMS.slice(0, 30));
    await waitFor(async () => (await byState(home))['running']?.length === 30, 'all to run', PATIENCE_MS);
    const [engine, collector] = [await home.enginePid(), collectorOf(home)];
    limitFiles(engine, 48);
    limitFiles(collector, 48);
    process.kill(await home.pid('p3'), 'SIGKILL');
    await home.state('p3', 'waiting');
    expect((await home.row('p3')).why).toContain('waiting for file descriptors: limit 48');
    await home.ok('ls');
    await home.ok('status');
    expect(await home.enginePid()).toBe(engine);
    limitFiles(engine, 4096);
    limitFiles(collector, 4096);
    expect(await home.state('p3', 'running')).toMatchObject({ restarts: 1 });
    limitFiles(engine, 48);
    expect(await home.ok('down')).toContain('Stopped 30 programs');
    await home.empty();
    expect(home.read('state/default/engine.log')).not.toContain('EMFILE');
  });

  test('answers commands although clients use up its descriptors', async () => {
    await using home = new HealerHome();
    await upWithin(home, 128, 'a - - -- sleep 100000');
    await home.state('a', 'running');
    const clients: Connection[] = [];
    try {
      let refusal = '';
      for (let count = 0; count < 120 && refusal === ''; count++) {
        const client = await connectLocal({ socketPath: home.paths.socket, clientName: 'test' });
        clients.push(client);
        await client
          .subscribe('snapshot', { intervalMs: 1_000 }, () => undefined)
          .catch((error: unknown) => {
            refusal = String(error);
          });
      }
      expect(refusal).toMatch(/no room for another subscription.*LimitNOFILE/);
      // Clients that only stay connected give way to new ones.
      const others = Array.from({ length: 30 }, () =>
        connectLocal({ socketPath: home.paths.socket, clientName: 'test' }).then((client) => clients.push(client)),
      );
      await Promise.allSettled(others);
      await waitFor(async () => (await home.run('status')).code === 0, 'the status to be answered', PATIENCE_MS);
      expect(await home.ok('down')).toContain('Stopped 1 program');
    } finally {
      for (const client of clients) client.close();
    }
    await home.empty();
  });

  test('does not blame a program for a check that it cannot perform itself', async () => {
    await using home = new HealerHome();
    const server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
    try {
      await waitFor(() => server.address() !== null, 'the server to listen');
      const { port } = server.address() as AddressInfo;
      const url = `http://127.0.0.1:${String(port)}/`;
      const health = {
        check: { type: 'http', url },
        intervalMs: 200,
        timeoutMs: 1_000,
        consecutiveFailuresRequired: 1,
      };
      home.write('healer.yaml', JSON.stringify({ processes: { web: { command: 'sleep', args: ['100000'], health } } }));
      await home.ok('up', '-f', `${home.folder}/healer.yaml`);
      await waitFor(async () => (await home.row('web')).health === 'healthy', 'the check to pass', PATIENCE_MS);
      const engine = await home.enginePid();
      limitFiles(engine, 30);
      const answer = await waitFor(
        async () => {
          const result = await home.ask((api) => api.checkHealth({ id: 'web' })).catch(() => null);
          return result?.isInconclusive === true ? result : null;
        },
        'a check that cannot be performed',
        PATIENCE_MS,
      );
      expect(answer.answer).toBe('cannot be checked now: the engine has no free file descriptors');
      expect(answer.health).toBe('healthy');
      expect(await home.row('web')).toMatchObject({ health: 'healthy', restarts: 0 });
      limitFiles(engine, 4096);
      await waitFor(
        async () => (await home.ask((api) => api.checkHealth({ id: 'web' }))).ok,
        'the check to pass again',
        PATIENCE_MS,
      );
      expect(await home.kinds('web')).not.toContain('unhealthy');
    } finally {
      server.close();
    }
    await home.down();
  });
});

describe('a file that is being written', () => {
  test('is started once it is complete, without using up attempts', async () => {
    await using home = new HealerHome();
    const app = home.write('app', readFileSync('/bin/sleep', 'latin1'));
    execFileSync('cp', ['/bin/sleep', app]);
    const app2 = { command: app, args: ['100000'], restart: { maxAttempts: 1, backoffMs: [0] } };
    home.write('healer.yaml', JSON.stringify({ processes: { app: app2 } }));
    const writer = openSync(app, 'a');
    try {
      await home.ok('up', '-f', `${home.folder}/healer.yaml`);
      const row = await home.state('app', 'waiting');
      // On a busy machine, the search for the writer ends early.
      const writing = `waiting for its file: "${app}" is being written by another process`;
      expect([writing, `${writing} (${processName()}, pid ${String(process.pid)})`]).toContain(row.why);
      expect(row.restarts).toBe(0);
      await waitFor(async () => (await home.kinds('app')).length > 0, 'the wait to be recorded');
    } finally {
      closeSync(writer);
    }
    expect(await home.state('app', 'running')).toMatchObject({ restarts: 0 });
    expect((await home.kinds('app')).filter((kind) => kind === 'waiting')).toHaveLength(1);
    await home.down();
  });
});

function processName(): string {
  return readFileSync('/proc/self/comm', 'utf8').trim();
}
