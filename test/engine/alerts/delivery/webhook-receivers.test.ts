import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { postWebhook } from '../../../../src/engine/alerts/delivery/post-webhook.ts';
import type { WebhookSettings } from '../../../../src/protocol/alert-delivery.ts';
import { digest, message } from '../../../support/alerts.ts';
import { LOCALHOST_CERTIFICATE, localhostTls, STRANGERS_CERTIFICATE } from '../../../support/certificates.ts';
import { startHttpReceiver } from '../../../support/http-receiver.ts';

afterEach(() => vi.unstubAllEnvs());

function settings(port: number, changes: Partial<WebhookSettings> = {}): WebhookSettings {
  return { url: `http://127.0.0.1:${String(port)}/hook`, secret: null, format: 'json', timeoutMs: 5_000, ...changes };
}

describe('a receiver that asks for a pause', () => {
  test.each<[string, number, Readonly<Record<string, string>>, number | undefined]>([
    ['of 7 s', 429, { 'retry-after': '7' }, 7_000],
    ['of 0.3 s', 429, { 'retry-after': '0.3' }, 300],
    [
      'until a time, by its own clock',
      503,
      { 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT', date: 'Thu, 01 Jan 2026 00:00:00 GMT' },
      60_000,
    ],
    [
      'until a time that has passed',
      429,
      { 'retry-after': 'Thu, 01 Jan 2026 00:00:00 GMT', date: 'Thu, 01 Jan 2026 00:00:09 GMT' },
      0,
    ],
    ['of a nonsensical length', 429, { 'retry-after': 'soon' }, undefined],
    ['of no length', 503, {}, undefined],
  ])('%s is understood', async (_what, status, headers, retryAfterMs) => {
    await using receiver = await startHttpReceiver((response) => response.writeHead(status, headers).end());
    const failure = await postWebhook(message(), settings(receiver.port));
    expect(failure).toMatchObject({ scope: 'channel', cause: 'temporary' });
    expect(failure?.retryAfterMs).toBe(retryAfterMs);
  });
});

describe('a body that is too large for the receiver', () => {
  const refusesAbove = (bytes: number) =>
    startHttpReceiver((response, { body }) => response.writeHead(Buffer.byteLength(body) > bytes ? 413 : 204).end());

  test.each([10_000, 3_000])('of %i bytes: a digest is sent in parts, and names every program once', async (limit) => {
    await using receiver = await refusesAbove(limit);
    expect(await postWebhook(digest(175), settings(receiver.port))).toBeNull();
    const accepted = receiver.posts.filter(({ body }) => Buffer.byteLength(body) <= limit);
    const names = accepted.flatMap(({ body }) =>
      JSON.parse(body).alerts.map(({ process }: { process: string }) => process),
    );
    expect(names).toEqual(Array.from({ length: 175 }, (_, index) => `worker-${index}`));
    const ids = accepted.map(({ headers }) => headers['x-healer-delivery']);
    expect(new Set(ids).size).toBe(accepted.length);
    expect(JSON.parse(accepted[1]?.body ?? '').part).toMatchObject({ of: 175 });
    // The receiver is not asked for more again.
    const before = receiver.posts.length;
    expect(await postWebhook(digest(175), settings(receiver.port))).toBeNull();
    expect(receiver.posts.slice(before).every(({ body }) => Buffer.byteLength(body) <= limit)).toBe(true);
  });

  test('an alert is shortened, with a mark, and keeps the newest output', async () => {
    await using receiver = await refusesAbove(2_000);
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index} ${'x'.repeat(300)}`);
    expect(await postWebhook(message({}, lines), settings(receiver.port))).toBeNull();
    const { lines: sent } = JSON.parse(receiver.posts.at(-1)?.body ?? '');
    expect(sent[0]).toBe('… (15 earlier lines omitted)');
    expect(sent.at(-1)).toMatch(/^line 19 x+…$/);
  });

  test('and refused however small it is, is a failure of the message', async () => {
    await using receiver = await startHttpReceiver((response) => response.writeHead(413).end());
    expect(await postWebhook(digest(50), settings(receiver.port))).toMatchObject({ scope: 'message' });
    expect(receiver.posts.length).toBeLessThan(15);
  });

  test('without a refusal, no body exceeds 90 kB', async () => {
    await using receiver = await startHttpReceiver();
    expect(await postWebhook(digest(2_000), settings(receiver.port))).toBeNull();
    expect(receiver.posts.length).toBeGreaterThan(1);
    for (const { body } of receiver.posts) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(90_000);
  });

  test('parts that were sent are not sent again after a failure', async () => {
    await using receiver = await startHttpReceiver((response, _post, index) =>
      response.writeHead(index === 1 ? 500 : 204).end(),
    );
    let sentAlerts = 0;
    const onPart = (sent: number): void => void (sentAlerts = sent);
    expect(await postWebhook(digest(2_000), settings(receiver.port), { onPart })).toMatchObject({ scope: 'channel' });
    expect(sentAlerts).toBeGreaterThan(0);
    expect(await postWebhook(digest(2_000), settings(receiver.port), { onPart, sentAlerts })).toBeNull();
    const bodies = receiver.posts.map(({ body }) => JSON.parse(body));
    expect(bodies[2].alerts[0]).toEqual(bodies[1].alerts[0]);
  });
});

test('the signature covers the time of the request', async () => {
  await using receiver = await startHttpReceiver();
  expect(await postWebhook(message(), settings(receiver.port, { secret: 'key' }))).toBeNull();
  const { headers, body = '' } = receiver.posts[0] ?? {};
  const timestamp = String(headers?.['x-healer-timestamp']);
  expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60);
  const expected = createHmac('sha256', 'key').update(`${timestamp}.${body}`).digest('hex');
  expect(headers?.['x-healer-signature-v2']).toBe(`sha256=${expected}`);
});

test.each([
  [301, 'message', 'redirects are not followed'],
  [308, 'message', 'redirects are not followed'],
  [401, 'channel', 'check webhook_url'],
  [404, 'channel', 'check webhook_url'],
  [422, 'message', 'invalid_blocks'],
])('status %i is a failure of the %s, with what the receiver said', async (status, scope, said) => {
  await using other = await startHttpReceiver();
  await using receiver = await startHttpReceiver((response) =>
    response.writeHead(status, { location: `http://127.0.0.1:${String(other.port)}/` }).end('invalid_blocks in /hook'),
  );
  const failure = await postWebhook(message(), settings(receiver.port, { secret: 'invalid_blocks in no case' }));
  expect(failure).toMatchObject({ scope, message: expect.stringContaining(said) });
  expect(other.posts).toEqual([]);
});

describe('a receiver that misbehaves', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['never answers', () => undefined],
    ['closes the connection', (socket) => socket.destroy()],
    [
      'sends endless headers',
      (socket) => void setInterval(() => socket.destroyed || socket.write(`X-A: ${'x'.repeat(900)}\r\n`), 5).unref(),
    ],
    ['does not speak HTTP', (socket) => socket.write('220 smtp\r\n')],
    [
      'refuses, and never ends its explanation',
      (socket) => void setInterval(() => socket.destroyed || socket.write('x'.repeat(900)), 5).unref(),
    ],
  ])('%s: the attempt ends', async (what, talk) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        if (what.startsWith('sends endless')) socket.write('HTTP/1.1 200 OK\r\n');
        if (what.startsWith('refuses')) socket.write('HTTP/1.1 500 No\r\n\r\n');
        talk(socket);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    expect(await postWebhook(message(), settings(port, { timeoutMs: 500 }))).toMatchObject({ scope: 'channel' });
    server.close();
  });

  test('accepts, and never ends its response: that is a success', async () => {
    await using receiver = await startHttpReceiver((response) => response.writeHead(200).write('ok so far'));
    const startedMs = performance.now();
    expect(await postWebhook(message(), settings(receiver.port, { timeoutMs: 10_000 }))).toBeNull();
    expect(performance.now() - startedMs).toBeLessThan(8_000);
  });
});

test('a port that browsers block is used', async () => {
  const failure = await postWebhook(message(), settings(10_080));
  expect(failure?.cause).toBe('refused');
});

test('changed settings end the attempt', async () => {
  const abort = new AbortController();
  await using receiver = await startHttpReceiver(() => abort.abort());
  const options = { signal: abort.signal };
  expect(await postWebhook(message(), settings(receiver.port, { timeoutMs: 60_000 }), options)).toMatchObject({
    scope: 'channel',
  });
});

describe('a receiver with a certificate of a private authority', () => {
  test('is trusted through webhook_ca_file, and through the certificates of the system', async () => {
    await using receiver = await startHttpReceiver(undefined, { tls: localhostTls() });
    const url = `https://localhost:${String(receiver.port)}/hook`;
    const to = (caFile?: string) => settings(0, { url, ...(caFile === undefined ? {} : { caFile }) });
    expect(await postWebhook(message(), to())).toMatchObject({
      cause: 'certificate',
      message: expect.stringContaining('webhook_ca_file'),
    });
    expect(await postWebhook(message(), to(STRANGERS_CERTIFICATE))).toMatchObject({ cause: 'certificate' });
    expect(await postWebhook(message(), to('/nowhere.pem'))).toMatchObject({
      message: expect.stringContaining('/nowhere.pem'),
    });
    expect(await postWebhook(message(), to(LOCALHOST_CERTIFICATE))).toBeNull();
    for (const variable of ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS']) {
      vi.stubEnv(variable, LOCALHOST_CERTIFICATE);
      expect(await postWebhook(message(), to())).toBeNull();
      vi.unstubAllEnvs();
    }
  });
});

/** A proxy that records what it was asked for, and forwards it. */
async function startProxy(): Promise<AsyncDisposable & { readonly port: number; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const note = ({ method = '', url = '', headers }: IncomingMessage): void => {
    asked.push(`${method} ${url} ${headers['proxy-authorization'] ?? ''}`.trim());
  };
  const server = createServer((request, response) => {
    note(request);
    request.resume();
    response.writeHead(204).end();
  });
  server.on('connect', (request, client: Socket, head) => {
    note(request);
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const target = connect(Number(port), host === 'hooks.invalid' ? '127.0.0.1' : host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.write(head);
      target.pipe(client).pipe(target);
    });
    for (const socket of [client, target]) socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    asked,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A SOCKS5 proxy that records where it was asked to connect, by name. */
async function startSocksProxy(): Promise<
  AsyncDisposable & { readonly port: number; readonly asked: readonly string[] }
> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createTcpServer((client) => {
    sockets.add(client.on('error', () => client.destroy()));
    client.once('data', () => {
      client.write(Buffer.from([5, 0]));
      client.once('data', (request) => {
        const isName = request[3] === 3;
        const end = isName ? 5 + (request[4] ?? 0) : 8;
        const host = isName ? request.subarray(5, end).toString() : [...request.subarray(4, 8)].join('.');
        const port = request.readUInt16BE(end);
        asked.push(`${host}:${String(port)}`);
        const target = connect(port, '127.0.0.1', () => {
          client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
          target.pipe(client).pipe(target);
        });
        sockets.add(target.on('error', () => client.destroy()));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    asked,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

describe('through a proxy', () => {
  test.each(['socks5', 'socks5h'])('of all_proxy that speaks %s, also with TLS', async (scheme) => {
    await using proxy = await startSocksProxy();
    await using secure = await startHttpReceiver(undefined, { tls: localhostTls() });
    await using plain = await startHttpReceiver();
    vi.stubEnv('all_proxy', `${scheme}://127.0.0.1:${String(proxy.port)}`);
    const url = `https://localhost:${String(secure.port)}/hook`;
    expect(await postWebhook(message(), settings(0, { url, caFile: LOCALHOST_CERTIFICATE }))).toBeNull();
    const unresolvable = `http://hooks.invalid:${String(plain.port)}/hook`;
    expect(await postWebhook(message(), settings(0, { url: unresolvable }))).toBeNull();
    expect([secure.posts.length, plain.posts.length]).toEqual([1, 1]);
    expect(proxy.asked).toEqual([`localhost:${String(secure.port)}`, `hooks.invalid:${String(plain.port)}`]);
  });

  test.each(['http', 'https'])('that requires a login, an %s request fails with that reason', async (scheme) => {
    const proxy = createServer((_request, response) => response.writeHead(407).end());
    proxy.on('connect', (_request, socket: Socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', () => resolve()));
    const address = proxy.address();
    vi.stubEnv('all_proxy', `127.0.0.1:${String(typeof address === 'object' ? address?.port : 0)}`);
    const failure = await postWebhook(message(), settings(0, { url: `${scheme}://hooks.invalid/x` }));
    proxy.closeAllConnections();
    proxy.close();
    expect(failure).toMatchObject({ scope: 'channel', message: expect.stringMatching(/407.*proxy/) });
  });

  test('whose variable is wrong, the failure names the variable', async () => {
    vi.stubEnv('http_proxy', 'ftp://user:hunter2@proxy');
    const failure = await postWebhook(message(), settings(9));
    expect(failure).toMatchObject({ scope: 'channel', message: expect.stringContaining('http_proxy') });
    expect(failure?.message).not.toContain('hunter2');
  });

  test('of https_proxy, a connection is requested, and the certificate is that of the receiver', async () => {
    await using proxy = await startProxy();
    await using receiver = await startHttpReceiver(undefined, { tls: localhostTls() });
    vi.stubEnv('HTTPS_PROXY', `http://user:p%40ss@127.0.0.1:${String(proxy.port)}`);
    const url = `https://localhost:${String(receiver.port)}/hook`;
    expect(await postWebhook(message(), settings(0, { url, caFile: LOCALHOST_CERTIFICATE }))).toBeNull();
    expect(receiver.posts).toHaveLength(1);
    expect(proxy.asked).toEqual([
      `CONNECT localhost:${String(receiver.port)} Basic ${Buffer.from('user:p@ss').toString('base64')}`,
    ]);
  });

  test('of http_proxy, the proxy sends the request itself, also to a host that only it can resolve', async () => {
    await using proxy = await startProxy();
    vi.stubEnv('http_proxy', `127.0.0.1:${String(proxy.port)}`);
    expect(await postWebhook(message(), settings(0, { url: 'http://hooks.invalid/x' }))).toBeNull();
    expect(proxy.asked).toEqual(['POST http://hooks.invalid/x']);
  });

  test('that is excluded by no_proxy, nothing is sent', async () => {
    await using proxy = await startProxy();
    await using receiver = await startHttpReceiver();
    vi.stubEnv('ALL_PROXY', `http://127.0.0.1:${String(proxy.port)}`);
    vi.stubEnv('NO_PROXY', 'example.com,127.0.0.0/8');
    expect(await postWebhook(message(), settings(receiver.port))).toBeNull();
    expect([proxy.asked.length, receiver.posts.length]).toEqual([0, 1]);
  });

  test('that is unreachable, the failure does not show its password', async () => {
    vi.stubEnv('http_proxy', 'http://user:hunter2@127.0.0.1:1');
    const failure = await postWebhook(message(), settings(9));
    expect(failure).toMatchObject({ scope: 'channel' });
    expect(failure?.message).not.toContain('hunter2');
  });
});

test('a password with a lone percent sign is used, and no secret of the URL that a receiver repeats is shown', async () => {
  await using receiver = await startHttpReceiver((response, { url, headers }) =>
    response.writeHead(500).end(`${url} ${String(headers.authorization)} k3y-in-query us%er p%zzss`),
  );
  const url = `http://us%er:p%zzss@127.0.0.1:${String(receiver.port)}/hooks/TOPSECRET?token=k3y-in-query`;
  const failure = await postWebhook(message(), settings(0, { url }));
  const login = Buffer.from('us%er:p%zzss').toString('base64');
  expect(receiver.posts[0]?.headers.authorization).toBe(`Basic ${login}`);
  for (const secret of ['TOPSECRET', 'k3y-in-query', 'p%zzss', login]) expect(failure?.message).not.toContain(secret);
});
