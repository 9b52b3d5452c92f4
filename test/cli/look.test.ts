import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HealerError } from '../../src/protocol/errors.ts';
import { processSpecSchema } from '../../src/protocol/process-spec.ts';
import { engineEvent, engineStatus, programRow } from '../support/program-row.ts';
import { CLI, type CliHome, createCliHome } from '../support/run-cli.ts';
import { Terminal } from '../support/terminal.ts';

let home: CliHome;
/** Returns what a command prints on a terminal, without colors. */
async function onTerminal(
  args: readonly string[],
  { columns, env = {} }: { readonly columns: number; readonly env?: Readonly<Record<string, string>> },
): Promise<string> {
  const command = [process.execPath, CLI, ...args, '--color', 'never'];
  await using terminal = new Terminal(command, { columns, env: { HEALER_HOME: home.folder, ...env } });
  await terminal.exit;
  return terminal.raw.replaceAll('\r\n', '\n').trimEnd();
}

beforeEach(async () => {
  home = await createCliHome();
});
afterEach(() => home.remove());

const ROWS = [
  programRow({ id: 'web' }),
  programRow({
    id: 'worker',
    state: 'cooldown',
    pid: null,
    startedAt: null,
    uptimeMs: null,
    cpuPercent: null,
    memoryMb: null,
    restarts: 5,
    cooldownUntil: '2026-11-21T09:36:00.000Z',
    lastExit: {
      coreDumped: false,
      code: 3,
      signal: null,
      at: '2026-11-21T09:34:00.000Z',
      uptimeMs: 1200,
      reason: 'exit code 3 after 1.2s',
    },
    why: 'in cooldown for 120 s (5 restarts in 60 s)',
  }),
];

describe('ls', () => {
  test('prints a table with states, and with reasons for programs that need attention', async () => {
    await home.startEngine({ list: () => ROWS });
    const { code, stdout, stderr } = await home.run(['ls']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'ID      STATE      PID  CPU %   MEMORY  LIMITS  RESTARTS  COOLDOWN   UPTIME  WHY',
      'web     running   4711    1.5  48.2 MB  512 MB         0         -  12m 03s',
      'worker  cooldown     -      -        -  512 MB         5       due        -  in cooldown for 120 s (5 restarts in 60 s)',
      '',
    ]);
  });

  test('shows how close a program is to its cooldown, and how long a cooldown lasts', async () => {
    const at = [Date.now() - 50_000, Date.now() - 500_000].map((time) => new Date(time).toISOString());
    const recentRestarts = { at, limit: 5, windowMs: 300_000 };
    const cooldownUntil = new Date(Date.now() + 3_630_000).toISOString();
    await home.startEngine({
      list: () => [
        programRow({ id: 'near', restarts: 9, recentRestarts }),
        programRow({ id: 'over', state: 'cooldown', cooldownUntil, recentRestarts }),
      ],
    });
    const { stdout } = await home.run(['ls']);
    expect(stdout).toMatch(/^near .* 9 +1 of 5 /m);
    expect(stdout).toMatch(/^over .* 1h 0\dm left /m);
  });

  test('shows why a program is disabled, which can follow from a failed startup check', async () => {
    const why = 'healing: did not become healthy in time';
    await home.startEngine({ list: () => [programRow({ id: 'web', state: 'disabled', pid: null, why })] });
    expect((await home.run(['ls'])).stdout).toContain(why);
  });

  test.each([200, 80, 60, 40, 20])('fits into %d columns, and keeps id and state', async (columns) => {
    await home.startEngine({ list: () => ROWS });
    const lines = (await onTerminal(['ls'], { columns })).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(lines[2]).toMatch(/^worker +cooldown/);
  });

  test('uses only ASCII on request, or if the locale is not UTF-8', async () => {
    await home.startEngine({ list: () => ROWS });
    const asked = await onTerminal(['ls', '--ascii'], { columns: 60 });
    const located = await onTerminal(['ls'], { columns: 60, env: { LANG: 'C' } });
    expect(asked).toContain('~');
    expect(asked).toMatch(/^[\x20-\x7e\n]*$/);
    expect(located).toBe(asked);
  });

  test('prints whole lines to a pipe, whatever COLUMNS says', async () => {
    await home.startEngine({ list: () => ROWS });
    const whole = await home.run(['ls']);
    expect((await home.run(['ls'], { env: { COLUMNS: '10' } })).stdout).toBe(whole.stdout);
  });

  test('uses colors in a pipe only on request', async () => {
    await home.startEngine({ list: () => ROWS });
    const colored = /\x1b\[32mrunning/; // eslint-disable-line no-control-regex -- colors are escape sequences
    const forced = { FORCE_COLOR: '1' };
    expect((await home.run(['ls'])).stdout).not.toMatch(colored);
    expect((await home.run(['ls', '--color', 'always'])).stdout).toMatch(colored);
    expect((await home.run(['ls'], { env: forced })).stdout).toMatch(colored);
    expect((await home.run(['ls'], { env: { ...forced, NO_COLOR: '1' } })).stdout).not.toMatch(colored);
    expect((await home.run(['--color=never', 'ls'], { env: forced })).stdout).not.toMatch(colored);
  });

  test('prints JSON with the documented fields first', async () => {
    await home.startEngine({ list: () => ROWS });
    const { stdout } = await home.run(['ls', '--json'], { env: { FORCE_COLOR: '3' } });
    const rows = JSON.parse(stdout) as Record<string, object>[];
    expect(rows).toEqual(ROWS);
    expect(Object.keys(rows[1]!).slice(0, 14)).toEqual([
      ...['id', 'name', 'state', 'pid', 'startedAt', 'uptimeMs', 'cpuPercent', 'memoryMb', 'restarts', 'limits'],
      ...['cooldownUntil', 'lastExit', 'health', 'source'],
    ]);
    expect(Object.keys(rows[1]!['lastExit']!).slice(0, 4)).toEqual(['code', 'signal', 'at', 'reason']);
  });

  test('explains how to add a first program', async () => {
    await home.startEngine({ list: () => [] });
    expect((await home.run(['ls'])).stdout).toMatch(/"healer add web -- node server\.js".*"healer init" creates one/);
    expect((await home.run(['ls', '--json'])).stdout).toBe('[]\n');
  });
});

const MORE = {
  events: () => [engineEvent(7, { kind: 'crashed', process: 'worker', reason: 'exited with code 3 after 1 s' })],
  trackStatus: () => ({ enabled: true, running: true, trackedCount: 0, checkInterval: 60, tracked: [] }),
};

describe('status', () => {
  test('shows engine, programs, host and problems', async () => {
    const status = engineStatus({ degraded: ['no native library — install koffi'] });
    await home.startEngine({ status: () => status, ...MORE });
    const { code, stdout } = await home.run(['status']);
    expect(code).toBe(0);
    expect(stdout).toContain('pid 4242');
    expect(stdout).toContain('3d 4h');
    expect(stdout).toContain('1 (1 running)');
    expect(stdout).toContain('2.0 GB of 8.0 GB');
    expect(stdout).toContain('! no native library — install koffi');
    expect(stdout).toMatch(/Recent events\n.*crashed +worker \(pid 4711\): exited with code 3 after 1 s\n$/);
    expect(stdout).toMatch(/^tracking +no processes, checked every 1m 00s$/m);
  });

  test('prints JSON with the documented fields first', async () => {
    await home.startEngine({ status: () => engineStatus(), ...MORE });
    const status = JSON.parse((await home.run(['status', '--json'])).stdout) as object;
    const tracking = { enabled: true, running: true, trackedCount: 0, checkInterval: 60 };
    expect(status).toEqual({ ...engineStatus(), tracking, recentEvents: MORE.events() });
    expect(Object.keys(status).slice(0, 7).join()).toBe('instance,pid,version,startedAt,uptimeMs,host,counts');
  });
});

const CHECKED = { at: '2026-11-21T09:34:30.000Z', ok: true, answer: 'answered 200', latencyMs: 3.2 };

describe('why', () => {
  const worker = {
    row: ROWS[1],
    spec: processSpecSchema.parse({ id: 'worker', command: 'node', limits: { memoryMb: 300 } }),
    cooldown: {
      ...{ id: 'worker', state: 'cooldown', restarts: [], limit: 5, windowMs: 60_000, durationMs: 120_000 },
      until: '2026-11-21T09:36:00.000Z',
    },
    health: null,
    nextRestart: null,
    tree: [],
    logPath: '/state/logs/worker/current.log',
    recentEvents: [],
  };
  const reason = 'memory 310 MB exceeded limit 300 MB';
  const answers = {
    describe: () => worker,
    events: () => [
      engineEvent(7, { kind: 'limit-memory', process: 'worker', reason, data: { samples: [310] } }),
      engineEvent(8, { kind: 'exited', process: 'worker', reason: 'killed by SIGTERM' }),
    ],
    logs: () => [{ time: null, stream: 'stderr', text: 'loading\x1b[2J all', partial: false }],
    history: () => ({
      ...{ id: 'worker', stepMs: 1000, until: '2026-11-21T09:34:10.000Z' },
      cpuPercent: [12.5],
      memoryMb: [310],
    }),
  };

  test('explains what failed, by which rule, what healer did and what happens next', async () => {
    await home.startEngine(answers);
    const { code, stdout } = await home.run(['why', 'worker']);
    expect(code).toBe(0);
    for (const part of [
      'worker: cooldown (in cooldown for 120 s (5 restarts in 60 s))',
      reason,
      'memory above 300 MB in any sample (limits.memoryMb)',
      '12.5 %    310 MB',
      'exited (pid 4711): killed by SIGTERM',
      '0 of 5 restarts within 1m 00s: in cooldown, then restarted',
    ]) {
      expect(stdout).toContain(part);
    }
    expect(stdout).toMatch(/^loading.* all$/m);
    expect(stdout).not.toContain('\x1b');
  });

  test('explains the rest if the log cannot be read', async () => {
    const logs = (): never => {
      throw new HealerError('IO_ERROR', 'EACCES: permission denied, open "current.log"');
    };
    await home.startEngine({ ...answers, logs });
    const { code, stdout, stderr } = await home.run(['why', 'worker']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'healer: its output is missing here: EACCES: permission denied, open "current.log"\n',
    });
    expect(stdout).toContain(reason);
  });

  test('prints JSON', async () => {
    await home.startEngine(answers);
    const { stdout } = await home.run(['why', 'worker', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      trigger: { kind: 'limit-memory' },
      row: { id: 'worker' },
      samples: [{ memoryMb: 310 }],
    });
  });
});

describe('describe', () => {
  const details = {
    row: ROWS[1],
    spec: processSpecSchema.parse({ id: 'worker', command: 'node', args: ['worker.js', '--name', 'a b'] }),
    cooldown: {
      ...{ id: 'worker', state: 'cooldown', restarts: [], limit: 5, windowMs: 60_000, durationMs: 120_000 },
      until: '2026-11-21T09:36:00.000Z',
    },
    health: {
      health: 'unhealthy',
      asked: 'GET http://127.0.0.1:80/\x1b[2J',
      since: '2026-11-21T09:35:00.000Z',
      failures: 2,
      lastFailure: { ...CHECKED, ok: false, answer: 'answered 500 instead of 200 to 399' },
      results: [CHECKED, { ...CHECKED, ok: false, answer: 'answered 500 instead of 200 to 399' }],
    },
    tree: [{ pid: 12, parentPid: 11, name: 'node\x1b[2J', command: 'node a\x1b[2J.js', memoryMb: 10 }],
    logPath: '/state/logs/worker/current.log',
    recentEvents: [engineEvent(7, { kind: 'crashed', process: 'worker', reason: 'exit code 3' })],
  };

  test('shows a program in detail, without control characters', async () => {
    await home.startEngine({ describe: () => details });
    const { code, stdout } = await home.run(['describe', 'worker']);
    expect(code).toBe(0);
    for (const part of ['exit code 3 after 1.2s', 'node worker.js --name "a b"', '/state/logs/worker/current.log']) {
      expect(stdout).toContain(part);
    }
    expect(stdout).toContain('12  node a.js  10.0 MB RSS  child of 11');
    expect(stdout).toContain('crashed');
    expect(stdout).toContain('last result   answered 500 instead of 200 to 399 (3.2 ms)');
    expect(stdout).toContain('+- (last 2, slowest 3.2 ms)');
    expect(stdout).toContain('0 of 5 restarts within 1m 00s');
  });

  test('prints JSON', async () => {
    await home.startEngine({ describe: () => details });
    expect(JSON.parse((await home.run(['describe', 'worker', '--json'])).stdout)).toEqual(details);
  });

  test('suggests a similar id', async () => {
    await home.startEngine({
      list: () => ROWS,
      describe: () => {
        throw new HealerError('PROCESS_NOT_FOUND', 'no program has the id "wrker"', { id: 'wrker' });
      },
    });
    const { code, stderr } = await home.run(['describe', 'wrker']);
    expect(code).toBe(1);
    expect(stderr).toBe('healer: cannot describe "wrker": no program has the id "wrker" — did you mean "worker"?\n');
  });
});

describe('cooldown', () => {
  test('shows how close each program is to its cooldown', async () => {
    const view = { id: 'web', state: 'running', limit: 5, windowMs: 60_000, durationMs: 120_000, until: null };
    const restarts = [{ at: '2026-11-21T09:34:00.000Z', cause: 'crash' }];
    await home.startEngine({ cooldowns: () => [{ ...view, restarts }] });
    const { stdout } = await home.run(['cooldown']);
    expect(stdout.split('\n')[1]).toBe('web  running    1 of 5  1m 00s    2m 00s     -');
    expect(JSON.parse((await home.run(['cooldown', '--json'])).stdout)).toEqual([{ ...view, restarts }]);
  });
});

describe('check', () => {
  const checked = { asked: 'TCP 127.0.0.1:80', health: 'healthy', ...CHECKED };

  test('checks each program, and fails if one of them fails', async () => {
    await home.startEngine({
      checkHealth: ({ id }) =>
        id === 'web' ? { id, ...checked } : { id, ...checked, ok: false, answer: 'refused the connection' },
    });
    const { code, stdout } = await home.run(['check', 'web', 'worker']);
    expect(code).toBe(1);
    expect(stdout).toBe(
      '"web" passed: TCP 127.0.0.1:80 answered 200 (3.2 ms); health: healthy\n' +
        '"worker" failed: TCP 127.0.0.1:80 refused the connection (3.2 ms); health: healthy\n',
    );
    expect((await home.run(['check', 'web'])).code).toBe(0);
  });

  test('without a health check, the state of the program is the answer', async () => {
    const state = { hasCheck: false, health: 'unknown', asked: 'its state' } as const;
    await home.startEngine({
      checkHealth: ({ id }) =>
        id === 'web'
          ? { id, ...CHECKED, ...state, answer: 'is running; it has no health check' }
          : { id, ...CHECKED, ...state, ok: false, answer: 'is stopped (on request); it has no health check' },
    });
    expect(await home.run(['check', 'web', 'worker'])).toMatchObject({
      code: 1,
      stdout:
        '"web" passed: its state is running; it has no health check\n' +
        '"worker" failed: its state is stopped (on request); it has no health check\n',
    });
  });

  test('"all" skips programs that are not running or have no active health check', async () => {
    const engine = await home.startEngine({
      list: () => [programRow({ id: 'api' }), programRow({ id: 'plain' }), programRow({ id: 'off', state: 'stopped' })],
      checkHealth: ({ id }) => {
        if (id === 'api') return { id, ...checked };
        // An engine of version 0.1 refuses to check it.
        throw new HealerError('INVALID_STATE', `cannot check "${id}": it has no health check`, { id, hasCheck: false });
      },
    });
    const { code, stdout } = await home.run(['check', 'all', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([{ id: 'api', ...checked }]);
    expect(engine.calls.filter(({ method }) => method === 'checkHealth')).toHaveLength(2);
  });
});

describe('events', () => {
  test('prints one line per event, oldest first', async () => {
    const engine = await home.startEngine({
      events: () => [engineEvent(1), engineEvent(2, { process: null, pid: null })],
    });
    const { stdout } = await home.run(['events', '-n', '2', '--process', 'web']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/started +web \(pid 4711\): it was started by the operator$/);
    expect(lines[1]).toMatch(/started +engine: /);
    expect(engine.calls.at(-1)).toEqual({ method: 'events', params: { limit: 2, process: 'web' } });
  });

  test('prints one JSON object per line', async () => {
    await home.startEngine({ events: () => [engineEvent(1), engineEvent(2)] });
    const { stdout } = await home.run(['events', '--json']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([engineEvent(1), engineEvent(2)]);
    expect(lines[0]).toMatch(/^\{"seq":1,"time":.*"kind":.*"process":.*"pid":.*"reason":.*"data":\{\}\}$/);
  });
});
