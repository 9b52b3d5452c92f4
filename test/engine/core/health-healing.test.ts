import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runOf } from '../../../src/policy/lifecycle/state.ts';
import type { ManagedProgram } from '../../../src/engine/core/managed-program.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { EngineRoom } from '../../support/engine-room.ts';
import { freePort } from '../../support/free-port.ts';
import { FIXTURE_PROGRAMS } from '../../support/launch-room.ts';
import { waitFor } from '../../support/wait-for.ts';

/** Short intervals, but a timeout that a program on a busy machine can meet. */
const QUICK = {
  intervalMs: 200,
  timeoutMs: 1_500,
  startupCheck: { initialDelayMs: 50, checkIntervalMs: 100, maxAttempts: 200 },
};

async function answering(fields: Partial<ProcessSpecInput> = {}): Promise<Partial<ProcessSpecInput>> {
  const port = await freePort();
  return {
    command: process.execPath,
    args: [join(FIXTURE_PROGRAMS, 'answer.mjs'), String(port)],
    health: { check: { type: 'http', url: `http://127.0.0.1:${String(port)}/health` }, ...QUICK },
    ...fields,
  };
}

/** Returns the pid, never 0, which would signal this whole process group. */
function pidOf({ id, program }: ManagedProgram): number {
  const run = runOf(program.state);
  if (run === null) throw new Error(`"${id}" has no process: ${program.why}`);
  return run.pid;
}

function healthy(room: EngineRoom, entry: ManagedProgram): Promise<unknown> {
  return waitFor(() => entry.program.health === 'healthy', `health, after ${room.events.at(-1)?.reason ?? ''}`);
}

describe('a program with a health check', () => {
  test('is running after its first successful check', async () => {
    await using room = await EngineRoom.open();
    const web = room.start(await answering());
    expect(web.program.state.name).toBe('starting');
    const { reason } = await room.event('healthy');
    expect(reason).toMatch(/^healthy: GET http:.*\/health returned 200$/);
    expect(web.program.state.name).toBe('running');
    expect(room.running.status.read().health).toEqual({ healthy: 1, unhealthy: 0 });
  });

  test.each([
    ['is frozen', 'SIGSTOP', 'did not respond within 1.5 s'],
    ['accepts connections and never responds', 'SIGUSR2', 'did not respond within 1.5 s'],
    ['returns 500', 'SIGUSR1', 'returned 500 instead of 200 to 399'],
  ] as const)('that %s is restarted', async (_name, signal, answer) => {
    await using room = await EngineRoom.open();
    const web = room.start(await answering());
    await healthy(room, web);
    const pid = pidOf(web);
    process.kill(pid, signal);
    const unhealthy = await room.event('unhealthy');
    expect(unhealthy).toMatchObject({ pid, data: { answer, times: 2, ok: false } });
    expect(unhealthy.reason).toContain(`${answer}, 2 times in a row`);
    await room.event('restarted');
    await healthy(room, web);
    expect(pidOf(web)).not.toBe(pid);
    expect(room.running.health.viewOf(web)).toMatchObject({ failures: 0, lastFailure: { answer } });
  });

  test('can be checked on demand, and a failure on demand triggers no healing', async () => {
    await using room = await EngineRoom.open();
    const slow = { ...QUICK, intervalMs: 600_000 };
    const fields = await answering();
    const web = room.start({ ...fields, health: fields.health ? { ...fields.health, ...slow } : null });
    await healthy(room, web);
    const { health } = room.running;
    expect(await health.checkNow(web)).toMatchObject({
      id: 'web',
      ok: true,
      answer: 'returned 200',
      health: 'healthy',
    });
    process.kill(pidOf(web), 'SIGUSR1');
    await waitFor(async () => !(await health.checkNow(web)).ok, 'the program to handle its signal');
    for (let time = 0; time < 3; time++) expect(await health.checkNow(web)).toMatchObject({ ok: false });
    expect(web.program).toMatchObject({ state: { name: 'running' }, health: 'healthy' });
    expect(health.viewOf(web)?.results.at(-1)).toMatchObject({ ok: false });
  });

  test('that is disabled is not checked: it is up after startSeconds, and its state answers a check on demand', async () => {
    await using room = await EngineRoom.open();
    const check = { type: 'tcp', port: await freePort() } as const;
    const health = { check, enabled: false, ...QUICK, startupCheck: { ...QUICK.startupCheck, maxAttempts: 1 } };
    const idle = room.start({ command: 'sleep', args: ['100000'], startSeconds: 0.2, health });
    expect((await room.event('running')).reason).toBe('up for 200 ms');
    const { health: monitor } = room.running;
    expect(monitor.viewOf(idle)).toBeNull();
    const answer = 'is running; its health check is disabled';
    expect(await monitor.checkNow(idle)).toMatchObject({ ok: true, asked: 'its state', answer, hasCheck: false });
    expect(idle.program).toMatchObject({ state: { name: 'running' }, health: 'unknown', restarts: 0 });
  });

  test('without startup check is up after startSeconds, and is restarted like any other when it is unhealthy', async () => {
    await using room = await EngineRoom.open();
    const fields = await answering({ startSeconds: 0 });
    if (fields.health === null || fields.health === undefined) throw new Error('no health check');
    const startupCheck = { ...fields.health.startupCheck, enabled: false };
    const web = room.start({ ...fields, health: { ...fields.health, consecutiveFailuresRequired: 20, startupCheck } });
    expect(web.program.state.name).toBe('running');
    await healthy(room, web);
    process.kill(pidOf(web), 'SIGUSR1');
    await room.event('restarted');
    await healthy(room, web);
    expect(room.events.map(({ kind }) => kind)).not.toContain('startup-check-failed');
  });

  test.each([
    ['running', 'sleep', { ok: true, answer: 'is running; it has no health check' }],
    [
      'exited',
      'true',
      {
        ok: false,
        answer: expect.stringMatching(/^is exited \(exited with code 0 .*\); it has no health check$/) as unknown,
      },
    ],
  ] as const)('none: its state answers a check on demand while it is %s', async (state, command, expected) => {
    await using room = await EngineRoom.open();
    const entry = room.start({ command, args: ['100000'], startSeconds: 0 });
    await waitFor(() => entry.program.state.name === state, state);
    expect(await room.running.health.checkNow(entry)).toMatchObject({ id: 'web', hasCheck: false, ...expected });
  });

  test('that never responds is given up if its startup check says so', async () => {
    await using room = await EngineRoom.open();
    const startupCheck = { initialDelayMs: 0, checkIntervalMs: 50, maxAttempts: 3, failAction: 'fail' } as const;
    const check = { type: 'tcp', port: await freePort() } as const;
    const idle = room.start({ command: 'sleep', args: ['100000'], health: { check, startupCheck } });
    const { reason } = await room.event('failed');
    expect(reason).toContain('refused the connection, 3 times in a row');
    expect(idle.program).toMatchObject({ state: { name: 'failed' }, health: 'unknown', runs: 1 });
  });
});

describe('a check that is a command', () => {
  test('runs in the environment of the program, and its leftovers are killed', async () => {
    await using room = await EngineRoom.open();
    // It waits until its daemon has become sleep: what it leaves behind is killed as soon as it exits.
    const script = 'setsid sleep 54321 & sleep 0.5; echo "$HEALER_ID in $PWD says $MOOD"; test "$MOOD" = fine';
    const idle = room.start({
      command: 'sleep',
      args: ['100000'],
      cwd: room.folder,
      env: { MOOD: 'fine' },
      health: { check: { type: 'exec', command: 'sh', args: ['-c', script] }, ...QUICK, timeoutMs: 5_000 },
    });
    const { data } = await room.event('healthy');
    expect(data['answer']).toBe(`exited with code 0, printing "web in ${room.folder} says fine"`);
    expect((await room.event('leftovers-ended')).reason).toBe('killed "sleep", which a health check left behind');
    expect(idle.program.restarts).toBe(0);
    expect(pidOf(idle)).toBeGreaterThan(0);
  });

  test('is killed with its children after its timeout', async () => {
    await using room = await EngineRoom.open();
    const startupCheck = { ...QUICK.startupCheck, maxAttempts: 1, failAction: 'disable' } as const;
    const args = ['-c', 'echo waiting; sleep 98765; true'];
    const check = { type: 'exec', command: 'sh', args } as const;
    room.start({ command: 'sleep', args: ['100000'], health: { check, ...QUICK, startupCheck } });
    const { reason } = await room.event('disabled');
    expect(reason).toContain('did not exit within 1.5 s, printing "waiting"');
  });
});
