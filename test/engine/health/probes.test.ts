import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { BODY_LIMIT_BYTES } from '../../../src/engine/health/response-body.ts';
import type { Check } from '../../../src/engine/health/probe.ts';
import { runProbe } from '../../../src/engine/health/run-probe.ts';
import type { ProbeResult } from '../../../src/policy/health.ts';
import { processSpecSchema } from '../../../src/protocol/process-spec.ts';
import { freePort } from '../../support/free-port.ts';
import { requireLibc } from '../../support/launch-room.ts';
import { waitFor } from '../../support/wait-for.ts';

type CheckInput = NonNullable<Parameters<typeof processSpecSchema.parse>[0]> & object;

const servers: (Server | HttpServer)[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

function listen(server: Server | HttpServer): Promise<number> {
  servers.push(server);
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

function checkOf(fields: object): Check {
  const input: CheckInput = { id: 'web', command: 'x', health: { check: fields } };
  const { health } = processSpecSchema.parse(input);
  if (health === null) throw new Error('the spec has a check');
  return health.check;
}

function ask(
  fields: object,
  timeoutMs = 10_000,
  signal = new AbortController().signal,
  onStart: (child: unknown) => void = () => undefined,
): Promise<ProbeResult> {
  const surroundings = () => ({
    env: { PATH: process.env['PATH'] ?? '', MOOD: 'fine' },
    cwd: '/',
    through: [],
    start: <T>(start: () => T): T => {
      const child = start();
      onStart(child);
      return child;
    },
    endRest: () => [],
  });
  return runProbe({ check: checkOf(fields), timeoutMs, surroundings, signal });
}

async function serve(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${String(await listen(createHttpServer(listener)))}/health`;
}

function answer(status: number, body = ''): RequestListener {
  return (_request, response) => response.writeHead(status, { location: '/elsewhere' }).end(body);
}

describe('http', () => {
  test.each([
    ['200 passes', 200, {}, true, 'returned 200'],
    ['a redirection passes and is not followed', 302, {}, true, 'returned 302'],
    ['500 fails', 500, {}, false, 'returned 500 instead of 200 to 399'],
    ['only a configured status passes', 200, { status: [204, 404] }, false, 'returned 200 instead of 204 or 404'],
    ['any status can be configured', 404, { status: [404] }, true, 'returned 404'],
  ])('%s', async (_name, status, fields, ok, text) => {
    const url = await serve(answer(status));
    expect(await ask({ type: 'http', url, ...fields })).toMatchObject({ ok, answer: text });
  });

  test('a body must match if one is configured', async () => {
    const url = await serve(answer(200, '{"state":"degraded"}'));
    expect(await ask({ type: 'http', url, body: 'degr' })).toMatchObject({ ok: true });
    expect(await ask({ type: 'http', url, body: '"ok"' })).toMatchObject({
      ok: false,
      answer: 'returned 200 with "{\\"state\\":\\"degraded\\"}", which does not match /"ok"/',
    });
  });

  test('an expression that backtracks without end is interrupted', async () => {
    const url = await serve(answer(200, 'a'.repeat(5_000)));
    for (const body of ['(?=(a+)+b)a', '^(?=(a|aa)+b)']) {
      expect(await ask({ type: 'http', url, body })).toMatchObject({
        ok: false,
        answer: expect.stringContaining('too long'),
      });
    }
    for (const body of ['(a+)+$b', '([^]+)+\\0', '.*.*.*.*=']) {
      expect(await ask({ type: 'http', url, body })).toMatchObject({
        ok: false,
        answer: expect.stringContaining('does not match'),
      });
    }
    expect(await ask({ type: 'http', url, body: '^a+$' })).toMatchObject({ ok: true });
  });

  test('an endless body is read up to a limit', async () => {
    const url = await serve((_request, response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write('x'.repeat(4096)));
      };
      response.on('drain', pour);
      pour();
    });
    expect(await ask({ type: 'http', url, body: `^x{${String(1000)}}` })).toMatchObject({ ok: true });
    expect((await ask({ type: 'http', url, body: 'never' })).answer.length).toBeLessThan(BODY_LIMIT_BYTES);
  });

  test('an incomplete body is distinguished from no response', async () => {
    const slow = await serve((_request, response) => void response.write('begun'));
    expect(await ask({ type: 'http', url: slow, body: 'done' }, 1_500)).toMatchObject({
      ok: false,
      answer: 'returned 200 but not the complete body within 1.5 s',
    });
    const mute = await serve(() => undefined);
    expect(await ask({ type: 'http', url: mute }, 300)).toMatchObject({
      ok: false,
      answer: 'did not respond within 300 ms',
    });
  });

  test('method and headers of the check are sent, and the connection is closed', async () => {
    const seen: string[] = [];
    const server = createHttpServer(({ method, headers }, response) => {
      seen.push(`${String(method)} ${String(headers['x-key'])}`);
      response.end();
    });
    const url = `http://127.0.0.1:${String(await listen(server))}/`;
    await ask({ type: 'http', url, method: 'HEAD', headers: { 'X-Key': 'secret' } });
    expect(seen).toEqual(['HEAD secret']);
    await waitFor(
      () => new Promise<boolean>((resolve) => server.getConnections((_error, count) => resolve(count === 0))),
      'the connection to be closed',
    );
  });

  test('a refused connection and a service without HTTP are reported', async () => {
    const url = `http://127.0.0.1:${String(await freePort())}/`;
    expect(await ask({ type: 'http', url })).toMatchObject({ ok: false, answer: 'refused the connection' });
    const port = await listen(createTcpServer((socket) => socket.end('SSH-2.0-what\r\n')));
    const { ok, answer: text } = await ask({ type: 'http', url: `http://127.0.0.1:${String(port)}/` });
    expect({ ok, text }).toEqual({ ok: false, text: expect.stringMatching(/^failed: Parse Error/) as string });
  });
});

describe('tcp', () => {
  test('a port that accepts connections passes', async () => {
    const port = await listen(createTcpServer((socket) => socket.on('error', () => undefined)));
    expect(await ask({ type: 'tcp', port })).toMatchObject({ ok: true, answer: 'accepted the connection' });
  });

  test('a closed port fails', async () => {
    expect(await ask({ type: 'tcp', port: await freePort() })).toMatchObject({
      ok: false,
      answer: 'refused the connection',
    });
  });
});

describe('exec', () => {
  test.each([
    ['true', [], true, 'exited with code 0'],
    ['sh', ['-c', 'echo no; echo good >&2; exit 3'], false, 'exited with code 3, printing "no good"'],
    ['sh', ['-c', 'kill -SEGV $$'], false, 'was killed by SIGSEGV'],
    ['sh', ['-c', 'test "$MOOD" = fine && pwd'], true, 'exited with code 0, printing "/"'],
    ['sh', ['-c', 'sleep 4321 & echo left'], true, 'exited with code 0, printing "left"'],
    ['no-such-command', [], false, 'cannot be executed: spawn no-such-command ENOENT'],
  ])('%s %j', async (command, args, ok, text) => {
    expect(await ask({ type: 'exec', command, args })).toMatchObject({ ok, answer: text });
  });

  test('a command that prints without end is killed after the timeout, with an excerpt of its output', async () => {
    const { ok, answer: text } = await ask({ type: 'exec', command: 'yes' }, 1_500);
    expect(ok).toBe(false);
    expect(text).toMatch(/^did not exit within 1.5 s, printing "y y y/);
    expect(text.length).toBeLessThan(300);
  });

  test('a canceled command is killed at once', async () => {
    const stop = new AbortController();
    const asked = ask({ type: 'exec', command: 'sleep', args: ['4322'] }, 600_000, stop.signal);
    stop.abort();
    expect((await asked).ok).toBe(false);
  });

  test('a command whose exit is never reported fails at its timeout', async () => {
    const libc = requireLibc();
    const takeExit = (child: unknown): void => {
      const { pid = 0 } = child as { readonly pid?: number };
      process.kill(pid, 'SIGKILL');
      libc.call('wait4', pid, Buffer.alloc(4), 0, Buffer.alloc(144));
    };
    const { signal } = new AbortController();
    const result = await ask({ type: 'exec', command: 'sleep', args: ['4325'] }, 500, signal, takeExit);
    expect(result).toMatchObject({ ok: false, answer: 'did not exit within 500 ms' });
  });
});
