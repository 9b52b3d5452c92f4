import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

let home: HealerHome;
beforeEach(() => {
  home = new HealerHome();
});
afterEach(() => home[Symbol.asyncDispose]());

type Fields = Readonly<Record<string, unknown>>;

async function up(processes: Readonly<Record<string, Fields>>): Promise<void> {
  await home.ok('up', '-f', home.write('healer.yaml', JSON.stringify({ processes })));
}

/** A program that prints "warming up", and "listening on 80" once the file `go` exists. */
function talker(): Fields {
  const script = home.write(
    'talker.sh',
    `echo "warming up"; while ! [ -e "${home.folder}/go" ]; do sleep 0.02; done; printf '\\033[32mlistening on 80\\033[0m\\n'; exec sleep 1000\n`,
  );
  return { command: 'sh', args: [script] };
}

function go(): void {
  writeFileSync(join(home.folder, 'go'), '');
}

describe('a program that is ready once its output matches', () => {
  test('is starting until then, and its dependents wait', async () => {
    await up({
      web: { ...talker(), ready: { log: 'listening on \\d+$' } },
      site: { command: 'sleep', args: ['1000'], dependsOn: [{ id: 'web', condition: 'ready' }] },
    });
    await home.state('web', 'starting');
    expect((await home.state('site', 'waiting')).why).toBe('waiting for web to become ready');
    const waiting = home.run('wait', 'web', '--for', 'ready', '--timeout', '20s');
    go();
    expect((await waiting).code).toBe(0);
    await home.state('web', 'running');
    await home.state('site', 'running');
    const { reason } = await home.event('running', ({ process }) => process === 'web');
    expect(reason).toBe('ready: a line of its output matched "listening on \\d+$"');
  });

  test('becomes ready however soon the line is printed, in every run', async () => {
    const script = 'echo now; exec sleep 1000';
    await up({ web: { command: 'sh', args: ['-c', script], ready: { log: '^now$' } } });
    await home.state('web', 'running');
    for (let run = 2; run <= 4; run++) {
      await home.ok('restart', 'web');
      await home.state('web', 'running');
    }
    const events = (await home.events('web')).filter(({ kind }) => kind === 'running');
    expect(events).toHaveLength(4);
  });

  test('does not become ready by the output of an earlier run', async () => {
    await up({ web: { ...talker(), ready: { log: 'listening', timeoutMs: 60_000 } } });
    go();
    await home.state('web', 'running');
    await home.ok('stop', 'web');
    rmSync(join(home.folder, 'go'));
    await home.ok('start', 'web');
    await home.state('web', 'starting');
    await waitFor(async () => (await home.ok('logs', 'web', '-n', '1')).includes('warming up'), 'its first line');
    expect((await home.row('web')).state).toBe('starting');
    go();
    await home.state('web', 'running');
  });

  test('is still starting after the engine was killed, and becomes ready afterwards', async () => {
    await up({ web: { ...talker(), ready: { log: 'listening' } } });
    const { pid } = await home.state('web', 'starting');
    await home.killEngine();
    await home.ok('up', '-f', join(home.folder, 'healer.yaml'));
    expect(await home.row('web')).toMatchObject({ state: 'starting', pid });
    go();
    expect(await home.state('web', 'running')).toMatchObject({ pid });
  });

  test('is ready if the line was printed while no engine was running', async () => {
    await up({ web: { ...talker(), ready: { log: 'listening' } } });
    const { pid } = await home.state('web', 'starting');
    const isLogged = (word: string) => (): boolean => home.read('state/default/logs/web/current.log').includes(word);
    // The log collector starts beside the engine; without it, the line stays in its pipe until the next engine.
    await waitFor(isLogged('warming up'), 'the log collector');
    await home.killEngine();
    go();
    await waitFor(isLogged('listening'), 'the line in the log');
    await home.ok('up', '-f', join(home.folder, 'healer.yaml'));
    expect(await home.state('web', 'running')).toMatchObject({ pid });
  });
});

describe('a program that is not ready in time', () => {
  const never = { command: 'sleep', args: ['1000'], ready: { log: 'never', timeoutMs: 200 } };

  test('is restarted', async () => {
    await up({ web: { ...never, healTimeoutMs: 100, restart: { backoffMs: [60_000] } } });
    const { reason, data } = await home.event('startup-check-failed');
    expect(reason).toBe('not ready within 200 ms: no line of its output matched "never"');
    expect(data['action']).toBe('restart');
    await home.state('web', 'backoff');
  });

  test.each([
    ['fail', 'failed'],
    ['disable', 'disabled'],
  ] as const)('with failAction "%s" becomes %s', async (failAction, state) => {
    await up({ web: { ...never, ready: { ...never.ready, failAction } } });
    await home.state('web', state);
  });

  test('with failAction "warn" counts as running', async () => {
    await up({ web: { ...never, ready: { ...never.ready, failAction: 'warn' } } });
    const { why } = await home.state('web', 'running');
    expect(why).toBe('running, but not ready within 200 ms: no line of its output matched "never"');
  });

  test('is only reported in observe mode', async () => {
    await up({ web: { ...never, healing: 'observe' } });
    await home.state('web', 'running');
    expect((await home.event('would-restart')).reason).toContain('would have restarted: not ready within 200 ms');
  });
});

test('a program with a delay is ready after it, also if the engine was killed in between', async () => {
  await up({ web: { command: 'sleep', args: ['1000'], ready: { delayMs: 1_500 } } });
  await home.state('web', 'starting');
  await home.killEngine();
  await home.ok('up', '-f', join(home.folder, 'healer.yaml'));
  await home.state('web', 'running');
  expect((await home.event('running', ({ process }) => process === 'web')).reason).toBe('up for 1.5 s');
});

test('a program is ready once its health check passes, and failed checks before do not count', async () => {
  const port = await freePort();
  const server = `setTimeout(() => require("http").createServer((q, r) => r.end("ok")).listen(${String(port)}, "127.0.0.1"), 700)`;
  await up({
    web: {
      ...{ command: process.execPath, args: ['-e', server], ready: { health: true } },
      health: {
        check: { type: 'http', url: `http://127.0.0.1:${String(port)}/` },
        ...{ intervalMs: 50, startupCheck: { initialDelayMs: 0, checkIntervalMs: 50, maxAttempts: 2 } },
      },
    },
  });
  await home.state('web', 'starting');
  await home.state('web', 'running');
  expect(await home.kinds('web')).not.toContain('startup-check-failed');
});

test.each([
  ['{ ready: {} }', 'write exactly one of log, notify, fd, message, delayMs, health; none is given'],
  ['{ ready: { log: a, notify: true } }', 'log and notify are given'],
  ['{ ready: { log: "(" } }', 'has a pattern in ready.log that is not a valid regular expression'],
  ['{ ready: { health: true } }', 'the program has no health check'],
  ['{ ready: { fd: 3 }, sockets: [{ listen: 8080 }] }', 'the sockets use this descriptor; write 4 or a higher one'],
])('the definition %s is refused with its place', async (fields, message) => {
  const file = home.write('bad.yaml', `processes:\n  web: { command: sleep, <<: ${fields} }\n`);
  const { stdout, stderr } = await home.run('up', '-f', file, '--dry-run');
  expect(stdout + stderr).toContain(message);
});
