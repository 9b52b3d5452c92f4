import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HealerError } from '../../../../src/protocol/errors.ts';
import { WIRE_LIMITS } from '../../../../src/protocol/wire-limits.ts';
import { ApiRoom, SECRET } from '../../../support/api-room.ts';
import { waitFor } from '../../../support/wait-for.ts';

const JSON_BODY = { 'content-type': 'application/json' };
let room: ApiRoom;

beforeAll(async () => {
  room = await ApiRoom.open();
  room.fake.putRow('web');
});

afterAll(async () => {
  await room[Symbol.asyncDispose]();
});

function lastCall() {
  return room.fake.calls.at(-1);
}

/** Sends raw bytes, and returns the response once the server has closed the connection. */
function sendRaw(text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(room.server.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
    socket.write(text, 'latin1');
    socket.end();
  });
}

describe('requests become calls of methods', () => {
  test('values in a query are converted to the types of their parameters', async () => {
    await room.call('/events/history?kinds=crashed,restarted&kinds=failed&limit=5&process=web');
    expect(lastCall()).toEqual({
      method: 'events',
      params: { kinds: ['crashed', 'restarted', 'failed'], limit: 5, process: 'web' },
    });
  });

  test('parameters are combined from path and body', async () => {
    await room.call('/processes/web/stop', { verb: 'POST', body: { graceful: false, timeoutMs: 10 } });
    expect(lastCall()).toEqual({ method: 'stop', params: { id: 'web', graceful: false, timeoutMs: 10 } });
    await room.call('/processes/web/stop', { verb: 'POST' });
    expect(lastCall()).toEqual({ method: 'stop', params: { id: 'web', graceful: true } });
  });

  test.each([
    ['POST', '/processes/web/stop', '{"id":"other"}', 422, /"id" is given more than once/],
    ['POST', '/processes/web/stop', '{"nonsense":1}', 422, /nonsense/],
    ['POST', '/processes/web/stop', '{', 422, /not JSON/],
    ['POST', '/processes/web/stop', '[1]', 422, /JSON object/],
    ['POST', '/processes/web/stop', '{"__proto__":{"graceful":false}}', 422, /__proto__/],
    ['GET', '/processes?limit=many', undefined, 422, /limit/],
    ['GET', '/processes/..%2Fweb', undefined, 422, /an id has 1 to 64/],
    ['GET', '/processes/%ff', undefined, 422, /an id has 1 to 64|invalid request/],
    ['GET', '/config/nonsense', undefined, 422, /section/],
    ['GET', '/nonsense', undefined, 404, /openapi/],
    ['DELETE', '/processes', undefined, 404, /openapi/],
    ['TRACE', '/processes', undefined, 404, /openapi/],
    ['POST', '/processes', '{"id":"x"}', 422, /command/],
  ])('%s %s with %s is answered with %i', async (verb, path, body, status, sentence) => {
    const answer = await room.call(path, { verb, ...(body === undefined ? {} : { body }) });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { message: expect.stringMatching(sentence), data: {} } });
  });

  test('errors of the engine keep their code, status and data', async () => {
    const { answerTo } = room.fake;
    room.fake.answerTo = () => {
      throw new HealerError('INVALID_STATE', 'it is not running', { id: 'web' });
    };
    const answer = await room.call('/processes/web/pause', { verb: 'POST' });
    room.fake.answerTo = answerTo;
    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.text)).toEqual({
      error: { code: 'INVALID_STATE', message: 'it is not running', data: { id: 'web' } },
    });
  });

  test('a body that a web page could send without a CORS preflight is refused', async () => {
    const answer = await room.call('/processes/web/stop', {
      verb: 'POST',
      body: '{}',
      headers: { 'content-type': 'text/plain' },
    });
    expect(answer).toMatchObject({ status: 422 });
  });

  test('a program is described without its environment, credentials and keys', async () => {
    const { text, status } = await room.call('/processes/web');
    expect(status).toBe(200);
    expect(text).not.toContain(SECRET);
  });

  test('HEAD responds as GET does, without a body', async () => {
    expect(await room.call('/processes', { verb: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });
});

describe('requests that could exhaust the server', () => {
  test('a body above 1 MiB is refused, with or without a Content-Length', async () => {
    const body = JSON.stringify({ id: 'x', command: 'x'.repeat(WIRE_LIMITS.messageBytes) });
    const announced = await room.call('/processes', { verb: 'POST', body }).catch(() => ({ status: 413 }));
    expect(announced.status).toBe(413);
    const chunked = await room
      .call('/processes', { verb: 'POST', body, headers: { 'transfer-encoding': 'chunked' } })
      .catch(() => ({ status: 413 }));
    expect(chunked.status).toBe(413);
    expect((await room.call('/processes')).status).toBe(200);
  });

  test('a client that never completes its headers or its body is disconnected', async () => {
    const [headers, body] = [
      'GET / HTTP/1.1\r\nX: ',
      'POST /processes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{',
    ];
    const ends = [headers, body].map((text) => {
      const socket = connect(room.server.port, '127.0.0.1');
      let isClosed = false;
      socket.on('error', () => undefined);
      socket.on('close', () => (isClosed = true));
      socket.resume();
      socket.write(text);
      return () => isClosed;
    });
    expect((await room.call('/processes')).status).toBe(200);
    await waitFor(() => ends.every((isClosed) => isClosed()), 'both connections to close');
    expect((await room.call('/processes')).status).toBe(200);
  });

  test('no input stops the server', async () => {
    const path = fc.oneof(
      fc.webPath(),
      fc.string().map((text) => `/processes/${encodeURIComponent(text)}`),
      fc.constantFrom(
        '/processes',
        '/events',
        '/config/trusted-hosts',
        '//',
        '/%',
        '/processes/web/logs?follow&tail=x',
      ),
    );
    const verb = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'x');
    const body = fc.oneof(fc.json(), fc.string(), fc.constant(''));
    const header = fc.constantFrom(
      '',
      'Last-Event-ID: -1\r\n',
      'Content-Type: application/json\r\n',
      'Origin: x\r\n',
      'Host: y\r\n',
      'Transfer-Encoding: chunked\r\n',
    );
    await fc.assert(
      fc.asyncProperty(path, verb, body, header, async (where, how, what, extra) => {
        const target = where.replaceAll(/[\r\n ]/g, '');
        const length = Buffer.byteLength(what, 'latin1');
        const answer = await sendRaw(
          `${how} ${target} HTTP/1.1\r\nHost: localhost\r\n${extra}Connection: close\r\nContent-Length: ${length}\r\n\r\n${what}`,
        );
        expect(answer).not.toMatch(/^HTTP\/1.1 5/);
      }),
      { numRuns: 100 },
    );
    expect((await room.call('/processes')).status).toBe(200);
  });

  test.each([
    'GET\r\n\r\n',
    '\0\0\0',
    'GET / HTTP/9.9\r\n\r\n',
    `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`,
    'GET / HTTP/1.0\r\n\r\n',
  ])('the invalid request %j is answered with an error', async (text) => {
    expect(await sendRaw(text)).toMatch(/^HTTP\/1.1 4\d\d/);
  });

  test('responses are labeled as JSON and must not be cached', async () => {
    const { headers } = await room.call('/processes', { headers: JSON_BODY });
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  });
});
