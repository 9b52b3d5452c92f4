import { type ChildProcess, spawn } from 'node:child_process';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ProbeOutcome, runProbe } from '../../../src/engine/health/run-probe.ts';
import type { Check } from '../../../src/engine/health/probe.ts';
import { freePort } from '../../support/free-port.ts';
import { FIXTURE_PROGRAMS } from '../../support/launch-room.ts';
import { requireTool } from '../../support/require-tool.ts';
import { waitFor } from '../../support/wait-for.ts';

const TIMEOUT_MS = 10_000;

function probe(check: Check, timeoutMs = TIMEOUT_MS): Promise<ProbeOutcome> {
  const surroundings = (): never => {
    throw new Error('no command runs here');
  };
  return runProbe({ check, timeoutMs, surroundings, signal: new AbortController().signal });
}

function http(url: string, fields: Partial<Extract<Check, { type: 'http' }>> = {}): Check {
  return {
    type: 'http',
    url,
    method: 'GET',
    headers: {},
    status: [],
    tlsVerify: null,
    ca: null,
    body: null,
    ...fields,
  };
}

/** A server in another process, which reports how each connection ended. */
class ObservedServer {
  readonly #child: ChildProcess;
  #printed = '';

  constructor(file: string, args: readonly string[]) {
    this.#child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const pipe of [this.#child.stdout, this.#child.stderr]) {
      pipe?.on('data', (text: Buffer) => (this.#printed += text.toString()));
    }
    onTestFinished(() => void this.#child.kill('SIGKILL'));
  }

  port(): Promise<string> {
    return waitFor(() => /^port (\d+)$/m.exec(this.#printed)?.[1] ?? null, 'the server to listen');
  }

  /** Returns how the connections ended. */
  async endings(count: number): Promise<readonly string[]> {
    const lines = (): string[] => this.#printed.split('\n').slice(1, -1);
    await waitFor(() => lines().length >= count, `${String(count)} connections to be closed`);
    return [...new Set(lines())];
  }
}

/** Prints every error that a Node server can see on its connections. */
const NODE_SERVER = `
const server = require('node:http').createServer((request, response) => {
  const size = Number(request.url.slice(1));
  request.on('aborted', () => console.log('error aborted'));
  response.on('error', (error) => console.log('error', error.code));
  response.on('close', () => console.log(response.writableFinished ? 'orderly' : 'error unfinished'));
  response.writeHead(size % 10 === 1 ? 500 : 200);
  response.end('x'.repeat(size));
});
server.on('connection', (socket) => socket.on('error', (error) => console.log('error', error.code)));
server.on('clientError', (error, socket) => { console.log('error', error.code); socket.destroy(); });
server.listen(0, '127.0.0.1', () => console.log('port', server.address().port));`;

const SERVERS: readonly (readonly [name: string, tool: string, file: string, args: readonly string[]])[] = [
  ['Node', 'node', process.execPath, ['-e', NODE_SERVER]],
  ['Python', 'python3', 'python3', [join(FIXTURE_PROGRAMS, 'observed-server.py'), 'http']],
];

describe.each(SERVERS)('a program in %s', (_name, tool, file, args) => {
  test.each([
    ['whose status is enough', 20, { ok: true }, {}],
    ['with a long body that no one asked for', 700_000, { ok: true }, {}],
    ['with a long body that matches at its start', 700_000, { ok: true }, { body: '^xx' }],
    ['with a long body that does not match', 700_000, { ok: false }, { body: 'y' }],
    ['with a long error page', 700_001, { ok: false }, {}],
  ])('sees no error from a check %s', async (_what, size, result, fields) => {
    requireTool(tool);
    const server = new ObservedServer(file, args);
    const url = `http://127.0.0.1:${await server.port()}/${String(size)}`;
    for (let count = 0; count < 10; count++) {
      const { closing, ...found } = await probe(http(url, fields));
      expect(found).toMatchObject(result);
      await closing;
    }
    expect(await server.endings(10)).toEqual(['orderly']);
  });
});

test('a program that greets every connection sees no error from a tcp check', async () => {
  requireTool('python3');
  const server = new ObservedServer('python3', [join(FIXTURE_PROGRAMS, 'observed-server.py'), 'tcp']);
  const port = Number(await server.port());
  for (let count = 0; count < 50; count++) {
    expect(await probe({ type: 'tcp', host: '127.0.0.1', port })).toMatchObject({ ok: true });
  }
  expect(await server.endings(50)).toEqual(['orderly']);
});

const LOOPBACKS = ['127.0.0.1', '::1'].filter((address) =>
  Object.values(networkInterfaces()).some((list) => list?.some((each) => each.address === address)),
);

describe('a check of localhost', () => {
  test.each(LOOPBACKS)('names the address that answered if the program listens on %s only', async (address) => {
    const server = createHttpServer((_request, response) => response.end('fine'));
    const port = await listen(server, address);
    const named = `${address.includes(':') ? `[${address}]` : address}:${String(port)}`;
    const answer = { ok: true, answer: `returned 200 (${named})` };
    expect(await probe(http(`http://localhost:${String(port)}/`))).toMatchObject(answer);
    const accepted = await probe({ type: 'tcp', host: 'localhost', port });
    expect(accepted).toMatchObject({ ok: true, answer: `accepted the connection (${named})` });
  });

  test('names every address that refused', async () => {
    const { ok, answer } = await probe({ type: 'tcp', host: 'localhost', port: await freePort() });
    expect(ok).toBe(false);
    expect(answer).toMatch(/^refused the connection \(127\.0\.0\.1:\d+ and \[::1\]:\d+\)$/);
  });
});

describe('the timeout', () => {
  test('is not waited for if the body matches while the response is still open', async () => {
    const server = createHttpServer((_request, response) => void response.write('{"state":"ok"}'));
    const url = `http://127.0.0.1:${String(await listen(server, '127.0.0.1'))}/`;
    const { closing, ...found } = await probe(http(url, { body: 'ok' }), 60_000);
    expect(found).toMatchObject({ ok: true, answer: 'returned 200 with a matching body' });
    // Only the end of a body can show that nothing follows.
    expect(await probe(http(url, { body: 'ok"}$' }), 1_500)).toMatchObject({
      ok: false,
      answer: 'returned 200 but not the complete body within 1.5 s',
    });
    server.closeAllConnections();
    await closing;
  });

  test('is exceeded by a complete response that came later', async () => {
    const server = createHttpServer((_request, response) => {
      response.write('begun ');
      setTimeout(() => response.end('ok'), 1_000);
    });
    const url = `http://127.0.0.1:${String(await listen(server, '127.0.0.1'))}/`;
    expect(await probe(http(url, { body: 'ok' }), 500)).toMatchObject({
      ok: false,
      answer: 'returned 200 but not the complete body within 500 ms',
    });
  });

  test('does not excuse an answer that the engine itself was too busy to see', async () => {
    const server = createHttpServer((_request, response) => {
      response.end('ok');
      const until = performance.now() + 600;
      while (performance.now() < until);
    });
    const url = `http://127.0.0.1:${String(await listen(server, '127.0.0.1'))}/`;
    expect(await probe(http(url), 500)).toMatchObject({ ok: false, answer: 'did not respond within 500 ms' });
  });
});

test('1,000 probes leave neither connections nor timers', async () => {
  const web = createHttpServer((_request, response) => response.end('fine'));
  const port = await listen(web, '127.0.0.1');
  const plain = createTcpServer((socket) => socket.on('error', () => undefined).end('hello'));
  const plainPort = await listen(plain, '127.0.0.1');
  const before = process.getActiveResourcesInfo();
  const checks = [
    http(`http://127.0.0.1:${String(port)}/`),
    http(`http://127.0.0.1:${String(port)}/`, { body: 'fine' }),
    http(`http://127.0.0.1:${String(port)}/`, { body: 'missing' }),
    { type: 'tcp', host: '127.0.0.1', port: plainPort } as const,
    { type: 'tcp', host: '127.0.0.1', port: await freePort() } as const,
  ];
  for (let count = 0; count < 200; count++) {
    const outcomes = await Promise.all(checks.map((check) => probe(check)));
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, false, true, false]);
  }
  await waitFor(() => process.getActiveResourcesInfo().length <= before.length, 'connections and timers to be closed');
});

async function listen(server: Server | ReturnType<typeof createTcpServer>, host: string): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
