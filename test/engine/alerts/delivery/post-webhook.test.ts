import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { postWebhook } from '../../../../src/engine/alerts/delivery/post-webhook.ts';
import type { WebhookSettings } from '../../../../src/protocol/alert-delivery.ts';
import { digest, message } from '../../../support/alerts.ts';

interface Post {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly posts: readonly Post[];
}

/** Starts a real HTTP server that responds as the test specifies. */
async function startReceiver(answer: (response: ServerResponse) => void): Promise<Receiver> {
  const posts: Post[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      posts.push({ headers: request.headers, body });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}/hook/secret-path`,
    posts,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function settings(url: string, changes: Partial<WebhookSettings> = {}): WebhookSettings {
  return { url, secret: 'key', format: 'json', timeoutMs: 5_000, ...changes };
}

const ok = (response: ServerResponse): unknown => response.writeHead(204).end();

test('a message is posted as JSON, with a signature of the exact body', async () => {
  await using receiver = await startReceiver(ok);
  expect(await postWebhook(message(), settings(receiver.url))).toBeNull();
  const [post] = receiver.posts;
  const expected = createHmac('sha256', 'key')
    .update(post?.body ?? '')
    .digest('hex');
  expect(post?.headers['x-healer-signature']).toBe(`sha256=${expected}`);
  expect(post?.headers['x-healer-delivery']).toBe('7-abc');
  expect(JSON.parse(post?.body ?? '')).toMatchObject({
    kind: 'crash',
    process: 'web',
    subject: '[Self-Healing Monitor] Process Crash: web',
    host: 'build-7',
    lines: ['listening on 8080'],
  });
});

test('without a secret there is no signature', async () => {
  await using receiver = await startReceiver(ok);
  expect(await postWebhook(digest(3), settings(receiver.url, { secret: null }))).toBeNull();
  expect(receiver.posts[0]?.headers['x-healer-signature']).toBeUndefined();
  expect(JSON.parse(receiver.posts[0]?.body ?? '').alerts).toHaveLength(3);
});

test('a Slack webhook receives only text, in which program data is escaped', async () => {
  await using receiver = await startReceiver(ok);
  const hostile = message({ reason: 'saw <!channel> & more' }, ['```', '<@U123>']);
  expect(await postWebhook(hostile, settings(receiver.url, { format: 'slack' }))).toBeNull();
  const { text, ...rest } = JSON.parse(receiver.posts[0]?.body ?? '');
  expect(rest).toEqual({});
  expect(text).toContain('*[Self-Healing Monitor] Process Crash: web*');
  expect(text).toContain('saw &lt;!channel&gt; &amp; more');
  expect(text.match(/```/g)).toHaveLength(2);
});

test.each([
  [500, 'channel'],
  [429, 'channel'],
  [400, 'message'],
  [302, 'message'],
])('status %i is a failure of the %s', async (status, scope) => {
  await using receiver = await startReceiver((response) => response.writeHead(status, { location: '/other' }).end());
  const failure = await postWebhook(message(), settings(receiver.url));
  expect(failure).toMatchObject({ scope });
  expect(failure?.message).toContain(String(status));
  expect(failure?.message).not.toContain('secret-path');
  expect(receiver.posts).toHaveLength(1);
});

test('a receiver that does not respond is a failure after the timeout', async () => {
  await using receiver = await startReceiver(() => undefined);
  const failure = await postWebhook(message(), settings(receiver.url, { timeoutMs: 100 }));
  expect(failure).toMatchObject({ cause: 'timeout', scope: 'channel' });
});

test('a refused connection is reported without the path, which may be secret', async () => {
  const receiver = await startReceiver(ok);
  await receiver[Symbol.asyncDispose]();
  const failure = await postWebhook(message(), settings(receiver.url));
  expect(failure).toMatchObject({ cause: 'refused', scope: 'channel' });
  expect(failure?.message).not.toContain('secret-path');
});

test('a user name and a password in the URL are sent in a header, and never appear in a message', async () => {
  await using receiver = await startReceiver((response) => response.writeHead(500).end());
  const url = receiver.url.replace('http://', 'http://hook%40er:hunter2@');
  const failure = await postWebhook(message(), settings(url));
  const login = Buffer.from('hook@er:hunter2').toString('base64');
  expect(receiver.posts[0]?.headers.authorization).toBe(`Basic ${login}`);
  expect(failure?.message).toContain('status 500');
  for (const bad of [url, 'http://u%zz:hunter2@127.0.0.1:1/secret-path', 'ftp://u:hunter2@127.0.0.1/secret-path']) {
    const { message: text = '' } = (await postWebhook(message(), settings(bad))) ?? {};
    expect(text).not.toMatch(/hunter2|secret-path|hook%40er/);
  }
});
