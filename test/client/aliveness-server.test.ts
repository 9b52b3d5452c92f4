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

  test.each<[string, () => unknown]>([
    ['undefined', () => undefined],
    ['null', () => null],
    ['a number', () => 1],
    ['a text', () => 'ok'],
    ['a list', () => [true]],
    ['an object without "healthy"', () => ({ ok: true })],
    ['an object whose "healthy" is no boolean', () => ({ healthy: 1 })],
    ['an object that contains itself', () => Object.assign([], { healthy: true })],
    ['a promise of nothing', async () => Promise.resolve()],
  ])('with a check that returns %s answers 503, and the program survives', async (_what, check) => {
    const { status, body } = await ask('/health', { check: check as NonNullable<AlivenessOptions['check']> });
    expect(status).toBe(503);
    expect(body).toEqual({ healthy: false, error: expect.stringContaining('neither true or false') });
  });

  test.each<[string, () => unknown, number]>([
    ['a fact that is a BigInt', () => ({ healthy: true, jobs: 3n }), 200],
    [
      'facts that contain themselves',
      () => {
        const facts: Record<string, unknown> = { healthy: true };
        return Object.assign(facts, { facts });
      },
      503,
    ],
    [
      'a fact that cannot be read',
      () => ({
        healthy: true,
        get jobs() {
          throw new Error('broken');
        },
      }),
      503,
    ],
    [
      'an exception without a text',
      () => {
        throw Object.create(null);
      },
      503,
    ],
  ])('with %s answers, and the program survives', async (_what, check, status) => {
    const answer = await ask('/health', { check: check as NonNullable<AlivenessOptions['check']> });
    expect([answer.status, (answer.body as { healthy: boolean }).healthy]).toEqual([status, status === 200]);
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
