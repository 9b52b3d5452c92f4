import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HealerError } from '../../src/protocol/errors.ts';
import { type OperationName, operationOf, OPERATIONS } from '../../src/protocol/operations.ts';
import { PROCESS_STATES, type ProcessStateName } from '../../src/protocol/process-state.ts';
import { engineEvent, programRow } from '../support/program-row.ts';
import { type CliHome, createCliHome } from '../support/run-cli.ts';

let home: CliHome;
beforeEach(async () => {
  home = await createCliHome();
});
afterEach(() => home.remove());

function done(id: string, state: ProcessStateName = 'running', forced = false) {
  return { id, state, pid: state === 'running' ? 99 : null, forced, tookMs: 1200 };
}

describe('operations', () => {
  test.each(['start', 'stop', 'restart', 'kill', 'pause', 'resume', 'enable', 'disable'])(
    '%s sends a request for each program and prints a line for each result',
    async (name) => {
      const engine = await home.startEngine({ [name]: ({ id }: { id: string }) => done(id) });
      const { code, stdout, stderr } = await home.run([name, 'web', 'worker', 'web']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.trimEnd().split('\n')).toHaveLength(2);
      expect(stdout).toMatch(/^\w+ "web" \(now running, pid 99, took 1.2s\)$/m);
      const isBatched = ['stop', 'restart', 'kill', 'disable'].includes(name);
      const batch = { key: expect.any(String) as string, size: 2 };
      const params = isBatched ? { batch } : {};
      // A batch names every instance, so the programs are listed first.
      const listing = isBatched ? [{ method: 'list', params: { limit: 1000 } }] : [];
      expect(engine.calls.slice(1)).toEqual([
        ...listing,
        ...['web', 'worker'].map((id) => ({ method: name, params: { id, ...params } })),
      ]);
    },
  );

  test('--force and --timeout are sent to the engine', async () => {
    const engine = await home.startEngine({ stop: ({ id }) => done(id, 'stopped', true) });
    const forced = await home.run(['stop', 'web', '--force']);
    await home.run(['stop', 'web', '--timeout', '1m30s']);
    expect(forced.stdout).toContain('stopped "web" by SIGKILL');
    expect(engine.calls.filter(({ method }) => method === 'stop').map(({ params }) => params)).toEqual([
      { id: 'web', graceful: false },
      { id: 'web', timeoutMs: 90_000 },
    ]);
  });

  test.each([
    [['kill', 'web'], 'killed "web" by SIGKILL (now stopped'],
    [['stop', 'web', '--force'], 'stopped "web" by SIGKILL (now stopped'],
    [['stop', 'web'], 'stopped "web" by SIGKILL because it did not stop in time (now stopped'],
  ])('%j reports an exceeded stop timeout only if a stop signal was sent', async (args, line) => {
    const killed = ({ id }: { id: string }) => done(id, 'stopped', true);
    await home.startEngine({ stop: killed, kill: killed });
    expect((await home.run(args)).stdout).toContain(line);
  });

  test('run concurrently over one connection', async () => {
    let waiting: (() => void)[] = [];
    const engine = await home.startEngine({
      restart: async ({ id }) => {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          if (waiting.length === 3) for (const go of waiting.splice(0)) go();
        });
        return done(id);
      },
    });
    waiting = [];
    expect(await home.run(['restart', 'a', 'b', 'c'])).toMatchObject({ code: 0 });
    expect(engine.calls.filter(({ method }) => method === 'hello')).toHaveLength(1);
  });

  test('one failure does not affect the others; it is printed to stderr, and the exit code is 1', async () => {
    await home.startEngine({
      list: () => [],
      stop: ({ id }) => {
        if (id === 'web') throw new HealerError('INVALID_STATE', 'it is already stopped', { id, state: 'stopped' });
        return done(id, 'stopped');
      },
    });
    const { code, stdout, stderr } = await home.run(['stop', 'web', 'worker']);
    expect(code).toBe(1);
    expect(stdout).toContain('stopped "worker" (now stopped, took 1.2s)');
    expect(stderr).toBe('healer: cannot stop "web": it is already stopped — "healer describe web" shows its state\n');
  });

  test('a program that the command already started as a dependency counts as started', async () => {
    const before = programRow({ id: 'old', uptimeMs: 3_600_000 });
    await home.startEngine({
      list: () => [programRow({ id: 'db', state: 'starting', uptimeMs: 0 }), before],
      start: ({ id }) => {
        if (id === 'app') return done(id, 'waiting');
        throw new HealerError('ALREADY_RUNNING', `cannot start "${id}": it is running`, { id });
      },
    });
    expect(await home.run(['start', 'app', 'db'])).toMatchObject({ code: 0, stderr: '' });
    expect(await home.run(['start', 'app', 'old'])).toMatchObject({ code: 1 });
    expect(await home.run(['start', 'db'])).toMatchObject({ code: 1 });
  });

  test('a platform that cannot pause is named, with the next step', async () => {
    const message =
      'cannot pause "web": Windows cannot suspend processes — use "healer stop web" and "healer start web" instead';
    const refuse = (): never => {
      throw new HealerError('PLATFORM_NOT_SUPPORTED', message, { platform: 'win32' });
    };
    await home.startEngine({ list: () => [programRow({ id: 'web' })], pause: refuse, resume: refuse });
    for (const command of ['pause', 'resume']) {
      const { code, stderr } = await home.run([command, 'web']);
      expect({ code, stderr }).toEqual({ code: 1, stderr: `healer: ${message}\n` });
    }
    const { stdout } = await home.run(['pause', 'web', '--json']);
    expect(stdout).toContain('"code":"PLATFORM_NOT_SUPPORTED"');
  });

  test('JSON lists the programs in the order of the command line', async () => {
    await home.startEngine({
      list: () => [programRow({ id: 'web' })],
      start: ({ id }) => {
        if (id === 'wbe') throw new HealerError('PROCESS_NOT_FOUND', 'cannot start "wbe": no such program', { id });
        return done(id);
      },
    });
    const { code, stdout, stderr } = await home.run(['start', 'wbe', 'worker', '--json']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(JSON.parse(stdout)).toEqual([
      {
        id: 'wbe',
        ok: false,
        error: {
          code: 'PROCESS_NOT_FOUND',
          message: 'cannot start "wbe": no such program — did you mean "web"?',
          data: { id: 'wbe' },
        },
      },
      { id: 'worker', ok: true, result: done('worker') },
    ]);
  });
});

describe('"all"', () => {
  const list = () => PROCESS_STATES.map((state) => programRow({ id: state, state }));

  test('stands for the programs in a state that the operation applies to', async () => {
    const engine = await home.startEngine({ list, stop: ({ id }) => done(id, 'stopped') });
    expect(await home.run(['stop', 'all'])).toMatchObject({ code: 0 });
    const asked = engine.calls.filter(({ method }) => method === 'stop').map(({ params }) => params);
    const batch = { key: expect.any(String) as string, size: OPERATIONS.stop.meantByAll.length };
    expect(asked).toEqual(OPERATIONS.stop.meantByAll.map((id) => ({ id, batch })));
  });

  test.each<[OperationName, string]>([
    ['start', 'waiting backoff cooldown failed exited stopped'],
    ['stop', 'running starting paused stopping waiting backoff cooldown'],
    ['restart', 'running starting paused stopping waiting backoff cooldown failed'],
    ['kill', 'running starting paused stopping'],
    ['pause', 'running'],
    ['resume', 'paused'],
    ['enable', 'disabled'],
    ['disable', 'running starting paused stopping waiting backoff cooldown failed exited stopped'],
  ])('for %s, stands for programs that are %s', (name, states) => {
    expect(operationOf(name).meantByAll).toEqual(states.split(' '));
  });

  test('succeeds without doing anything if there is no such program', async () => {
    await home.startEngine({ list: () => [] });
    expect(await home.run(['resume', 'all'])).toMatchObject({
      code: 0,
      stdout: 'nothing to do: there is no program to resume\n',
    });
    expect(await home.run(['resume', 'all', '--json'])).toMatchObject({ code: 0, stdout: '[]\n' });
  });

  test('for "cooldown reset", stands for programs in cooldown', async () => {
    const engine = await home.startEngine({ list, cooldownReset: ({ id }) => done(id, 'starting') });
    const { code, stdout } = await home.run(['cooldown', 'reset', 'all']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'ended the cooldown of "cooldown" (now starting, took 1.2s)\n',
    });
    expect(engine.calls.at(-1)).toEqual({ method: 'cooldownReset', params: { id: 'cooldown' } });
  });
});

describe('down', () => {
  const result = { stopped: ['web', 'worker'], forced: ['worker'], kept: [], tookMs: 1200 };

  test('stops everything and reports which programs were force killed', async () => {
    const engine = await home.startEngine({ shutdown: () => result });
    const { code, stdout } = await home.run(['down']);
    expect(code).toBe(0);
    expect(stdout).toContain('Force killed because they did not stop in time: worker.');
    expect(stdout).toMatch(/Stopped 2 programs and the engine \(pid \d+\) in 1\.2s\./);
    expect(engine.calls.at(-1)).toEqual({ method: 'shutdown', params: { keep: false } });
  });

  test('--keep lists the programs that keep running', async () => {
    const engine = await home.startEngine({ shutdown: () => ({ ...result, stopped: [], forced: [], kept: ['web'] }) });
    expect((await home.run(['down', '--keep'])).stdout).toContain(
      'Still running, to be adopted by the next "healer up": web.',
    );
    expect(engine.calls.at(-1)).toEqual({ method: 'shutdown', params: { keep: true } });
  });

  test('succeeds if the engine exits before it replies', async () => {
    const engine = await home.startEngine({
      shutdown: () => {
        // Closing removes the socket, as an engine does that exits cleanly.
        setImmediate(() => void engine.close());
        return new Promise(() => undefined);
      },
    });
    const { code, stdout } = await home.run(['down']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Stopped the engine \(pid \d+\)\.$/m);
  });

  test('fails if the engine dies before it has stopped all programs', async () => {
    const engine = await home.startEngine({
      shutdown: () => {
        setImmediate(() => engine.dropConnections());
        return new Promise(() => undefined);
      },
    });
    const { code, stderr } = await home.run(['down']);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'exited before it had stopped all programs — run "healer up" to adopt them, then try again',
    );
  });

  test('prints the refusal of the engine unchanged', async () => {
    await home.startEngine({
      events: () => [engineEvent(1)],
      shutdown: () => {
        throw new HealerError('FORBIDDEN', 'this caller may not stop the engine');
      },
    });
    expect(await home.run(['down'])).toMatchObject({
      code: 1,
      stderr: 'healer: this caller may not stop the engine\n',
    });
  });
});
