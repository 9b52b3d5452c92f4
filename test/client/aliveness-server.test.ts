import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type AlivenessAnswer, type AlivenessOptions, AlivenessServer } from '../../src/client/aliveness-server.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server[Symbol.asyncDispose]();
});

async function ask(path: string, options: Partial<AlivenessOptions> = {}) {
  const server = await AlivenessServer.start({ port: 0, ...options });
  open.push(server);
  const response = await fetch(`http://127.0.0.1:${String(server.port)}${path}`);
  return { status: response.status, body: (await response.json()) as object, headers: response.headers };
}

const NEVER = new Promise<boolean>(() => undefined);
const FAILING = (): AlivenessAnswer => {
  throw new Error('no database');
};

describe('the aliveness server', () => {
  test.each<[string, string, AlivenessOptions['check'], number, object]>([
    ['without a check', '/health', undefined, 200, { healthy: true }],
    ['with a check that passes', '/health', () => true, 200, { healthy: true }],
    ['with a check that fails', '/health', () => false, 503, { healthy: false }],
    ['with a check that passes later', '/health', () => Promise.resolve(true), 200, { healthy: true }],
    ['with facts of a healthy program', '/health', () => ({ healthy: true, jobs: 3 }), 200, { healthy: true, jobs: 3 }],
    [
      'with facts of an unhealthy program',
      '/health',
      () => ({ healthy: false, jobs: 3 }),
      503,
      { healthy: false, jobs: 3 },
    ],
    ['with a check that throws', '/health', FAILING, 503, { healthy: false, error: 'no database' }],
    [
      'with a check that rejects',
      '/health',
      () => Promise.reject(new Error('no disk')),
      503,
      { healthy: false, error: 'no disk' },
    ],
    ['with a query', '/health?x=1', () => false, 503, { healthy: false }],
    ['at another path', '/', () => true, 404, { error: 'not found; the paths are /health and /status' }],
    ['at a longer path', '/health/x', () => true, 404, { error: 'not found; the paths are /health and /status' }],
  ])('%s answers %s', async (_what, path, check, status, body) => {
    const answer = await ask(path, check === undefined ? {} : { check });
    expect({ status: answer.status, body: answer.body }).toEqual({ status, body });
  });

  test.each<[string, NonNullable<AlivenessOptions['check']>, object]>([
    ['a healthy program', () => true, { healthy: true }],
    ['an unhealthy program', () => ({ healthy: false, jobs: 3 }), { healthy: false, jobs: 3 }],
  ])('answers /status of %s with 200, the pid and the uptime', async (_what, check, facts) => {
    const { status, body, headers } = await ask('/status', { check });
    expect(status).toBe(200);
    expect(body).toEqual({ pid: process.pid, uptimeMs: expect.any(Number), ...facts });
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('counts a check that exceeds its time limit as unhealthy', async () => {
    const { status, body } = await ask('/health', { check: () => NEVER, timeoutMs: 20 });
    expect(status).toBe(503);
    expect(body).toEqual({ healthy: false, error: 'the check took longer than 20 ms' });
  });

  test('reports a port that is in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    open.push({ [Symbol.asyncDispose]: () => new Promise((resolve) => other.close(() => resolve())) });
    const { port } = other.address() as { port: number };
    await expect(AlivenessServer.start({ port })).rejects.toMatchObject({
      code: 'IO_ERROR',
      message: expect.stringMatching(new RegExp(`^cannot listen on 127\\.0\\.0\\.1:${String(port)}: .*EADDRINUSE`)),
      data: { host: '127.0.0.1', port },
    });
  });
});
