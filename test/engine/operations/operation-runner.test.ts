import { describe, expect, test } from 'vitest';
import type { OperationResult } from '../../../src/protocol/results/operation-result.ts';
import type { Operation, OperationOptions } from '../../../src/policy/lifecycle/operation-rules.ts';
import { Watchers } from '../../../src/engine/core/watchers.ts';
import { stopAll } from '../../../src/engine/operations/shutdown.ts';
import { spec } from '../../support/programs.ts';
import { TestEngine } from '../../support/test-engine.ts';

const STOP_ALL = { keep: false, timeoutMs: null };
const GRACEFUL: OperationOptions = { graceful: true, timeoutMs: null };

function request(it: TestEngine, operation: Operation, options = GRACEFUL): Promise<OperationResult> {
  return it.operations.request(operation, 'web', options);
}

describe('results', () => {
  test('a stop responds once the program has exited, with its exit status and the time it took', async () => {
    const it = new TestEngine();
    it.run();
    const answer = request(it, 'stop');
    it.clock.advance(10);
    const exit = { code: null, signal: 'SIGTERM', coreDumped: false };
    await expect(answer).resolves.toEqual({ id: 'web', state: 'stopped', pid: null, forced: false, exit, tookMs: 10 });
  });

  test('a forced stop is not an error, and is reported as forced', async () => {
    const it = new TestEngine();
    it.runner.behave('web', { endsAfterMs: null });
    it.run();
    const answer = request(it, 'stop', { graceful: true, timeoutMs: 500 });
    it.clock.advance(501);
    await expect(answer).resolves.toMatchObject({ state: 'stopped', forced: true, tookMs: 501 });
  });

  test('a kill sends no SIGTERM', async () => {
    const it = new TestEngine();
    it.run();
    const answer = request(it, 'kill');
    it.clock.advance(1);
    await expect(answer).resolves.toMatchObject({ state: 'stopped', forced: false });
    expect(it.runner.actions).not.toContain('SIGTERM web 1');
  });

  test('a stop without a graceful attempt is not reported as forced', async () => {
    const it = new TestEngine();
    it.run();
    const answer = request(it, 'stop', { graceful: false, timeoutMs: null });
    it.clock.advance(1);
    await expect(answer).resolves.toMatchObject({ state: 'stopped', forced: false });
  });

  test('a forced restart is reported as forced', async () => {
    const it = new TestEngine();
    it.runner.behave('web', { endsAfterMs: null });
    it.run();
    const answer = request(it, 'restart', { graceful: true, timeoutMs: 500 });
    it.clock.advance(501);
    await expect(answer).resolves.toMatchObject({ state: 'starting', forced: true });
    await expect(request(it, 'pause')).resolves.toMatchObject({ state: 'paused', forced: false });
  });

  test('a restart responds with the new pid', async () => {
    const it = new TestEngine();
    it.run();
    const { state } = it.program();
    const answer = request(it, 'restart');
    it.clock.advance(10);
    const result = await answer;
    expect(result).toMatchObject({ state: 'starting', forced: false });
    expect(result.pid).not.toBe('run' in state ? state.run.pid : null);
  });

  test('a forced stop does not carry over to the next run', async () => {
    const it = new TestEngine();
    it.run();
    const killed = request(it, 'kill');
    it.clock.advance(1);
    await killed;
    await request(it, 'start');
    it.clock.advance(1000);
    const stopped = request(it, 'stop');
    it.clock.advance(10);
    await expect(stopped).resolves.toMatchObject({ forced: false });
  });

  test('a start responds at once', async () => {
    const it = new TestEngine();
    it.add();
    await expect(request(it, 'start')).resolves.toMatchObject({ state: 'starting', tookMs: 0 });
  });

  test('pause and resume freeze and thaw the tree', async () => {
    const it = new TestEngine();
    it.run();
    await expect(request(it, 'pause')).resolves.toMatchObject({ state: 'paused' });
    await expect(request(it, 'resume')).resolves.toMatchObject({ state: 'running' });
    expect(it.runner.actions).toEqual(['spawn web 1', 'SIGSTOP web 1', 'SIGCONT web 1']);
  });

  test('a paused program is thawed so that it can handle SIGTERM', async () => {
    const it = new TestEngine();
    it.run();
    await request(it, 'pause');
    const answer = request(it, 'stop');
    it.clock.advance(10);
    await answer;
    expect(it.runner.actions).toEqual([
      'spawn web 1',
      'SIGSTOP web 1',
      'SIGTERM web 1',
      'SIGCONT web 1',
      'close web 1',
    ]);
  });

  test('disable stops a program, enable starts it', async () => {
    const it = new TestEngine();
    it.run();
    const disabled = request(it, 'disable');
    it.clock.advance(10);
    await expect(disabled).resolves.toMatchObject({ state: 'disabled' });
    await expect(request(it, 'enable')).resolves.toMatchObject({ state: 'starting' });
  });

  test('a cooldown reset starts the program', async () => {
    const it = new TestEngine();
    it.add({ restart: { backoffMs: [0] } });
    it.engine.post('web', { kind: 'startRequested', by: 'boot' });
    for (let crash = 0; crash < 6; crash++) it.runner.end('web', { code: 1 });
    expect(it.state()).toBe('cooldown');
    await expect(request(it, 'cooldownReset')).resolves.toMatchObject({ state: 'starting' });
    expect(it.program().counters.history.map(({ cause }) => cause)).toEqual(['cooldown']);
  });

  test('all requests for the same stop get a response', async () => {
    const it = new TestEngine();
    it.run();
    const answers = Promise.all([request(it, 'stop'), request(it, 'stop'), request(it, 'disable')]);
    it.clock.advance(10);
    expect((await answers).map(({ state }) => state)).toEqual(['disabled', 'disabled', 'disabled']);
  });
});

describe('refusals', () => {
  test.each<[Operation, string, string]>([
    ['start', 'ALREADY_RUNNING', 'cannot start "web": it is running'],
    ['resume', 'INVALID_STATE', 'cannot resume "web": it is running'],
    ['enable', 'INVALID_STATE', 'cannot enable "web": it is running'],
    ['cooldownReset', 'INVALID_STATE', 'cannot reset the cooldown of "web": it is running'],
  ])('%s of a running program is refused as %s, naming both', async (operation, code, message) => {
    const it = new TestEngine();
    it.run();
    await expect(request(it, operation)).rejects.toMatchObject({ code, message });
    expect(it.runner.actions).toEqual(['spawn web 1']);
  });

  test.each<Operation>(['start', 'restart', 'stop', 'kill', 'pause'])(
    '%s of a disabled program says to enable it first',
    async (operation) => {
      const it = new TestEngine();
      it.add({ enabled: false });
      await expect(request(it, operation)).rejects.toMatchObject({ code: 'PROCESS_DISABLED' });
    },
  );

  test('an unknown program is named', async () => {
    const it = new TestEngine();
    await expect(request(it, 'start')).rejects.toMatchObject({
      code: 'PROCESS_NOT_FOUND',
      message: 'no program is called "web"',
    });
  });

  test('a failed start responds with the problem while retries continue', async () => {
    const it = new TestEngine();
    it.runner.behave('web', { canSpawn: false });
    it.add();
    await expect(request(it, 'start')).rejects.toMatchObject({
      code: 'SPAWN_FAILED',
      message: 'cannot find the executable "web"',
    });
    expect(it.state()).toBe('backoff');
    it.runner.behave('web', { canSpawn: true });
    it.clock.advance(1000);
    expect(it.state()).toBe('starting');
    expect(it.entry().spawnProblem).toBeNull();
  });

  test('a restart whose start fails responds with the problem', async () => {
    const it = new TestEngine();
    it.run();
    it.runner.behave('web', { canSpawn: false });
    const answer = request(it, 'restart');
    it.clock.advance(10);
    await expect(answer).rejects.toMatchObject({ code: 'SPAWN_FAILED' });
  });

  test('a program that survives SIGKILL is reported within bounded time', async () => {
    const it = new TestEngine();
    it.runner.behave('web', { endsAfterMs: null, canBeKilled: false });
    it.run();
    const answer = expect(request(it, 'kill')).rejects.toMatchObject({ code: 'TERMINATE_FAILED' });
    it.clock.advance(60_000);
    await answer;
  });

  test('a stop of a program that is removed in the meantime gets a response', async () => {
    const it = new TestEngine();
    it.run();
    const answer = request(it, 'stop');
    it.engine.post('web', { kind: 'removeRequested' });
    it.clock.advance(10);
    await expect(answer).resolves.toMatchObject({ state: 'stopped' });
  });
});

describe('a stop in progress', () => {
  test.each(['stop', 'restart', 'disable'] as const)(
    'of the operation %s is shortened by a second request',
    async (first) => {
      const it = new TestEngine();
      it.runner.behave('web', { endsAfterMs: null });
      it.run({ stop: { gracefulTimeoutMs: 2_000_000_000 } });
      const answer = request(it, first);
      it.clock.advance(60_000);
      const timeoutMs = 2_000;
      const again = it.operations.request(first === 'restart' ? 'restart' : 'stop', 'web', {
        graceful: true,
        timeoutMs,
      });
      it.clock.advance(1_999);
      expect(it.state()).toBe('stopping');
      it.clock.advance(10);
      await again;
      expect(await answer).toMatchObject({ forced: true });
      expect(it.state()).toBe({ stop: 'stopped', restart: 'starting', disable: 'disabled' }[first]);
    },
  );

  test('is not prolonged by a later or a longer request', async () => {
    const it = new TestEngine();
    it.runner.behave('web', { endsAfterMs: null });
    it.run({ stop: { gracefulTimeoutMs: 5_000 } });
    const answer = request(it, 'stop');
    it.clock.advance(4_000);
    for (const timeoutMs of [60_000, 4_000, null]) {
      void it.operations.request('stop', 'web', { graceful: true, timeoutMs });
    }
    it.clock.advance(1_001);
    await expect(answer).resolves.toMatchObject({ state: 'stopped', forced: true });
  });
});

describe('shutdown', () => {
  test('stops all programs at the same time and lists the forced ones', async () => {
    const it = new TestEngine();
    it.run({ id: 'quick' });
    it.runner.behave('stubborn', { endsAfterMs: null });
    it.run({ id: 'stubborn', stop: { gracefulTimeoutMs: 2000 } });
    it.add({ id: 'resting' });
    const result = stopAll(it, STOP_ALL);
    it.clock.advance(2001);
    await expect(result).resolves.toEqual({
      stopped: ['quick', 'stubborn'],
      forced: ['stubborn'],
      kept: [],
      tookMs: 2001,
    });
  });

  test('is shortened by a later request with a shorter timeout, but not prolonged', async () => {
    const it = new TestEngine();
    it.runner.behave('web', { endsAfterMs: null });
    it.run({ stop: { gracefulTimeoutMs: 2_000_000_000 } });
    const onShortened = new Watchers<[timeoutMs: number]>();
    const slow: (readonly string[])[] = [];
    const result = stopAll(
      {
        engine: it.engine,
        operations: it.operations,
        clock: it.clock,
        onShortened,
        reportSlow: (ids) => slow.push(ids),
      },
      STOP_ALL,
    );
    it.clock.advance(6_000);
    expect(slow).toEqual([['web']]);
    onShortened.emit(1_000);
    onShortened.emit(90_000);
    it.clock.advance(999);
    expect(it.runner.countRunning('web')).toBe(1);
    it.clock.advance(10);
    await expect(result).resolves.toMatchObject({ stopped: ['web'], forced: ['web'] });
  });

  test('stops each program after those that depend on it, branches at the same time', async () => {
    const it = new TestEngine();
    for (const id of ['db', 'cache', 'api', 'site', 'worker']) it.runner.behave(id, { endsAfterMs: 100 });
    it.run({ id: 'db' });
    it.run({ id: 'cache' });
    it.run({ id: 'api', dependsOn: ['db', 'cache'] });
    it.run({ id: 'worker', dependsOn: ['db'] });
    it.run({ id: 'site', dependsOn: ['api'] });
    const result = stopAll(it, STOP_ALL);
    const wave = async (): Promise<string[]> => {
      const before = it.runner.actions.length;
      it.clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
      return it.runner.actions
        .slice(before)
        .filter((action) => action.startsWith('SIGTERM'))
        .map((action) => action.slice(8, -2));
    };
    const first = it.runner.actions
      .filter((action) => action.startsWith('SIGTERM'))
      .map((action) => action.slice(8, -2));
    expect(first.toSorted()).toEqual(['site', 'worker']);
    expect(await wave()).toEqual(['api']);
    expect((await wave()).toSorted()).toEqual(['cache', 'db']);
    it.clock.advance(100);
    await expect(result).resolves.toMatchObject({ forced: [], tookMs: 300 });
  });

  test('kills programs that are still running after the timeout, including those whose turn has not come', async () => {
    const it = new TestEngine();
    it.runner.behave('web', { endsAfterMs: null });
    it.run({ id: 'db' });
    it.run({ id: 'web', dependsOn: ['db'] });
    const result = stopAll(it, { keep: false, timeoutMs: 500 });
    it.clock.advance(501);
    await expect(result).resolves.toMatchObject({ tookMs: 501 });
    expect(['db', 'web'].map((id) => it.runner.countRunning(id))).toEqual([0, 0]);
  });

  test('stops programs in a dependency cycle', async () => {
    const it = new TestEngine();
    it.run({ id: 'a' });
    it.run({ id: 'b', dependsOn: ['a'] });
    it.engine.replaceSpec({ ...it.program('a'), spec: spec({ id: 'a', dependsOn: ['b'] }) }, 'healer.yaml:1');
    const result = stopAll(it, STOP_ALL);
    for (let step = 0; step < 5; step++) {
      it.clock.advance(10);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect(result).resolves.toMatchObject({ stopped: ['a', 'b'] });
  });

  test('turns a restart in progress into a stop', async () => {
    const it = new TestEngine();
    it.run();
    const restart = expect(request(it, 'restart')).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: 'cannot restart "web": overtaken by another request; it is stopped (stopped by the engine shutdown)',
    });
    const result = stopAll(it, STOP_ALL);
    it.clock.advance(60_000);
    await result;
    await restart;
    expect(it.state()).toBe('stopped');
    expect(it.runner.countRunning('web')).toBe(0);
  });

  test('leaves the programs running on request', async () => {
    const it = new TestEngine();
    it.run();
    const result = await stopAll(it, { keep: true, timeoutMs: null });
    expect(result).toMatchObject({ stopped: [], kept: ['web'] });
    expect(it.runner.actions).toEqual(['spawn web 1']);
  });
});
