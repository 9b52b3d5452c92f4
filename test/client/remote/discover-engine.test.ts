import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { discoverEngine } from '../../../src/client/remote/discover-engine.ts';
import { freePort } from '../../support/free-port.ts';

interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly challenge?: string;
}

const STATUS: Answer = { status: 200, body: '{"instance":"default","pid":7}' };
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Starts a server on this machine. @param answer null to never answer */
async function serve(answer: Answer | null, host = '127.0.0.1', port = 0) {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(`${request.url ?? ''} ${request.headers.authorization ?? 'without a token'}`);
    if (answer === null) return;
    response.writeHead(answer.status, answer.challenge === undefined ? {} : { 'www-authenticate': answer.challenge });
    response.end(answer.body ?? '');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  return { port: (server.address() as AddressInfo).port, paths };
}

describe('an answer to a probe', () => {
  test.each<[string, Answer | null, boolean]>([
    ['the status of an engine', STATUS, true],
    ['the status of an instance', { status: 200, body: '{"instance":"a b","pid":1,"x":2}' }, true],
    ['a request for a token', { status: 401, challenge: 'Bearer realm="healer"' }, true],
    ['a request for a token of another service', { status: 401, challenge: 'Bearer realm="other"' }, false],
    ['a request for a token without a realm', { status: 401 }, false],
    ['a page', { status: 200, body: '<html>' }, false],
    ['other JSON', { status: 200, body: '{"pid":7}' }, false],
    ['a status without a pid', { status: 200, body: '{"instance":"default","pid":"x"}' }, false],
    ['an empty response', { status: 200 }, false],
    ['a refusal', { status: 403, body: STATUS.body ?? '' }, false],
    ['a redirection', { status: 302, body: STATUS.body ?? '' }, false],
    ['nothing', null, false],
  ])('with %s comes from an engine: %j', async (_what, answer, isEngine) => {
    const { port, paths } = await serve(answer);
    const found = discoverEngine({ ports: [port], hosts: [], probeMs: answer === null ? 100 : 5000 });
    if (isEngine) expect(await found).toBe(`http://127.0.0.1:${String(port)}`);
    else {
      await expect(found).rejects.toMatchObject({
        code: 'ENGINE_NOT_RUNNING',
        message: `no engine found on this machine and 0 hosts of the local network (port ${String(port)})`,
        data: { ports: [port] },
      });
    }
    expect(paths).toEqual(['/monitor/status without a token']);
  });
});

describe('the search', () => {
  test('prefers this machine to other hosts, which are not probed then', async () => {
    const near = await serve(STATUS);
    const far = await serve(STATUS, '127.0.0.2', near.port);
    expect(await discoverEngine({ ports: [near.port], hosts: ['127.0.0.2'] })).toBe(
      `http://127.0.0.1:${String(near.port)}`,
    );
    expect(far.paths).toEqual([]);
  });

  test('continues with other hosts, and with every port', async () => {
    const far = await serve(STATUS, '127.0.0.3');
    const closed = await freePort();
    const options = { ports: [closed, far.port], hosts: ['127.0.0.2', '127.0.0.3'] };
    expect(await discoverEngine(options)).toBe(`http://127.0.0.3:${String(far.port)}`);
  });

  test('takes the engine among other services', async () => {
    const page = await serve({ status: 200, body: 'hello' });
    const engine = await serve(STATUS);
    expect(await discoverEngine({ ports: [page.port, engine.port], hosts: [] })).toBe(
      `http://127.0.0.1:${String(engine.port)}`,
    );
  });

  test('prefers the port that is named first, even if another engine on this machine answers sooner', async () => {
    const late = createServer((_request, response) => {
      setTimeout(() => response.end(STATUS.body), 150);
    });
    servers.push(late);
    await new Promise<void>((resolve) => late.listen(0, '127.0.0.1', resolve));
    const { port } = late.address() as AddressInfo;
    const soon = await serve(STATUS);
    const found = discoverEngine({ ports: [port, soon.port], hosts: [], probeMs: 5000 });
    expect(await found).toBe(`http://127.0.0.1:${String(port)}`);
  });

  test('finds an engine that listens on ::1 only', async () => {
    const { port } = await serve(STATUS, '::1');
    expect(await discoverEngine({ ports: [port], hosts: [] })).toBe(`http://[::1]:${String(port)}`);
  });

  test('probes hundreds of hosts without a warning of Node', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning.name);
    process.on('warning', onWarning);
    const hosts = Array.from({ length: 120 }, (_, index) => `127.0.1.${String(index + 1)}`);
    const port = await freePort();
    await expect(discoverEngine({ ports: [port], hosts, timeout: 20_000 })).rejects.toThrow('120 hosts');
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  test.each(['timeout', 'searchMs'] as const)('the time limit can be called %s', async (name) => {
    const { port } = await serve(null);
    const began = performance.now();
    await expect(discoverEngine({ ports: [port], hosts: [], probeMs: 60_000, [name]: 100 })).rejects.toThrow(
      'no engine',
    );
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  test('ends at its time limit even if a probe may take longer', async () => {
    const { port } = await serve(null);
    const found = discoverEngine({ ports: [port, port + 1], hosts: ['127.0.0.1'], searchMs: 100, probeMs: 60_000 });
    await expect(found).rejects.toThrow(
      `no engine found on this machine and 1 hosts of the local network (port ${String(port)} or ${String(port + 1)})`,
    );
  });
});
