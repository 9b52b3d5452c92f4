import { fileURLToPath } from 'node:url';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PEER_RULE } from '../../src/policy/peer-watch.ts';
import { callHttp } from '../support/api-room.ts';
import { PairHome, PATIENCE_MS, SLEEPERS } from '../support/pair-home.ts';
import { waitFor } from '../support/wait-for.ts';

const FLOOD = fileURLToPath(new URL('../fixtures/programs/half-open-flood.mjs', import.meta.url));

// These tests mostly wait.
describe.concurrent('an engine and its watcher', () => {
  test.each<[string, NodeJS.Signals, number]>([
    ['kill -9, in turn', 'SIGKILL', 3],
    ['a stop', 'SIGSTOP', 1],
  ])('replace each other after %s, and programs keep running', { timeout: 240_000 }, async (_name, signal, rounds) => {
    await using home = new PairHome();
    await home.watch();
    await home.paired();
    const programs = await home.programs();
    for (let round = 0; round < rounds; round++) {
      for (const side of ['default', 'watcher'] as const) {
        const pid = home.holder(side);
        process.kill(pid, signal);
        await home.replaced(side, pid);
        expect(await home.programs()).toEqual(programs);
      }
    }
    expect((await home.kinds('a')).filter((kind) => kind === 'started')).toHaveLength(1);
    await home.down();
    expect(readdirSync(home.paths.runtimeDir)).toEqual([]);
  });

  test('stay down after every kind of shutdown request', async () => {
    await using home = new PairHome();
    await home.watch();
    await home.paired();
    const watcher = home.holder('watcher');
    expect(await home.ok('watcher', '--stop')).toContain(`Stopped the watcher (pid ${String(watcher)})`);
    expect(home.holder('default')).not.toBe(0);
    expect(await home.run('watcher', '--stop')).toMatchObject({ code: 3 });
    expect(await home.run('watcher', '--status')).toMatchObject({ code: 3 });
    await home.watch();
    await home.paired();
    // Without the command line, which would stop the watcher first.
    await home.ask((api) => api.shutdown({}));
    await waitFor(() => home.survivors().length === 0, 'the watcher to shut down', PATIENCE_MS);
    expect(existsSync(home.paths.startNote)).toBe(false);
  });

  test('report their state to each other and to clients', async () => {
    await using home = new PairHome();
    await home.watch();
    await home.paired();
    const { data } = await home.event('serving', ({ reason }) => reason.includes('aliveness'));
    const answer = JSON.parse((await callHttp(data['port'] as number, '/status', {})).text) as object;
    const partner = { instanceId: 'watcher', pid: home.holder('watcher'), alive: true };
    expect(answer).toMatchObject({ instanceId: 'default', partner });
    expect(await home.ok('status')).toMatch(/peer engine +"watcher" \(pid \d+\), alive/);
    expect(await home.ok('watcher', '--status')).toContain('watcher sees');
    expect(await home.ok('watcher')).toContain('is already running');
    expect(await home.run('watcher', '--status', '--stop')).toMatchObject({ code: 2 });
    await home.down();
  });

  test('are not killed while thousands of half-open connections are held', async () => {
    await using home = new PairHome();
    await home.watch();
    await home.paired();
    const holders = [home.holder('default'), home.holder('watcher')];
    const ports = (await home.events()).flatMap(({ kind, data }) => (kind === 'serving' ? [String(data['port'])] : []));
    expect(ports).toHaveLength(2);
    const flood = spawn(process.execPath, [FLOOD, '2500', ...ports], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await new Promise((resolve) => flood.stdout.once('data', resolve));
      const floodedAt = Date.now();
      const victim = await home.pid('a');
      process.kill(victim, 'SIGKILL');
      await waitFor(
        async () => (await home.row('a')).pid !== victim && (await home.state('a', 'running')),
        'the restart',
      );
      await waitFor(
        async () => {
          const { engine, watcher } = await home.status();
          const seen = [engine.partner, watcher.partner].map((each) => Date.parse(each?.lastSeen ?? ''));
          return Math.min(...seen) > floodedAt + 4 * PEER_RULE.inspectMs;
        },
        'several checks in both directions to succeed',
        PATIENCE_MS,
      );
      expect([home.holder('default'), home.holder('watcher')]).toEqual(holders);
      const answers = await Promise.all(ports.map((port) => answerDuringFlood(Number(port))));
      expect(answers.toSorted((a, b) => a - b)).toEqual([200, 404]);
      for (const instance of ['default', 'watcher']) {
        expect(await home.ok('events', '--instance', instance)).not.toContain('does not respond');
      }
    } finally {
      flood.kill('SIGKILL');
    }
    await home.down();
  });

  test('replace themselves on request, and programs keep running', async () => {
    await using home = new PairHome();
    await home.watch();
    await home.paired();
    const programs = await home.programs();
    const old = home.holder('default');
    const { data } = await home.event('serving', ({ reason }) => reason.includes('API'));
    const answer = await callHttp(data['port'] as number, '/monitor/restart', { verb: 'POST' });
    expect(answer).toMatchObject({ status: 200 });
    expect(JSON.parse(answer.text)).toEqual({ pid: old, kept: ['a', 'b'] });
    await home.replaced('default', old);
    expect(await home.programs()).toEqual(programs);
    const watcher = home.holder('watcher');
    expect(await home.ok('watcher', '--restart')).toContain(`previously ${String(watcher)}`);
    await home.replaced('watcher', watcher);
    await home.down();
  });

  test('a standalone engine is not started again, and this is reported', async () => {
    await using home = new PairHome();
    home.list(...SLEEPERS);
    await home.ok('up', '--standalone', '-f', home.listFile);
    await home.ok('watcher');
    await waitFor(
      async () => (await home.status()).watcher.partner?.alive === true,
      'the watcher to see it',
      PATIENCE_MS,
    );
    await home.killEngine();
    await waitFor(
      async () => (await home.ok('events', '--instance', 'watcher')).includes('"default" died; nothing restarts it'),
      'the loss to be reported',
      PATIENCE_MS,
    );
    expect(home.engines()).toEqual({ default: 0, watcher: 1 });
    await home.up();
    await waitFor(
      async () => (await home.status()).watcher.partner?.alive === true,
      'the new engine to be seen',
      PATIENCE_MS,
    );
    await home.down();
  });

  test('still run once each after being started at once many times', async () => {
    await using home = new PairHome();
    home.list(...SLEEPERS);
    const starts = [1, 2, 3].map(() => home.run('watcher', '-f', home.listFile));
    expect((await Promise.all(starts)).map(({ code }) => code)).toEqual([0, 0, 0]);
    await home.paired();
    await home.oneEach();
    await home.down();
  });
});

/**
 * Returns the status of an answer. Under the flood, a connection whose header arrives late is dropped like those of the flood:
 * a caller that the machine delays has to repeat its request.
 */
async function answerDuringFlood(port: number): Promise<number> {
  const { status } = await waitFor(() => callHttp(port, '/status', {}), 'an answer during the flood', PATIENCE_MS);
  return status;
}
