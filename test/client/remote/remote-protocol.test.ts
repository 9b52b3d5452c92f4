import { describe, expect, test } from 'vitest';
import {
  notRunning,
  noAnswer,
  protocolMismatch,
  socketErrorOf,
} from '../../../src/client/connection/connection-errors.ts';
import { isStreamName } from '../../../src/client/connection/streams.ts';
import { parseUrl } from '../../../src/client/remote/http-call.ts';
import { requestFor, streamPathFor } from '../../../src/client/remote/remote-request.ts';
import { SseParser } from '../../../src/client/remote/sse-parser.ts';
import { thrownBy } from '../../support/thrown-by.ts';

describe('server-sent events', () => {
  const message = (data: string, event = 'message', id = '') => ({ id, event, data });
  test.each<[string, object[]]>([
    ['data: a\n\n', [message('a')]],
    ['data:a\n\n', [message('a')]],
    ['data:  a\n\n', [message(' a')]],
    ['data: a\ndata: b\n\n', [message('a\nb')]],
    ['data\n\n', [message('')]],
    ['data: a\r\n\r\n', [message('a')]],
    ['data: a\r\rdata: b\r\r\n', [message('a'), message('b')]],
    ['event: x\ndata: a\n\ndata: b\n\n', [message('a', 'x'), message('b')]],
    ['id: 5\ndata: a\n\ndata: b\n\n', [message('a', 'message', '5'), message('b', 'message', '5')]],
    ['id: 5\n\ndata: a\n\n', [message('a', 'message', '5')]],
    ['event: x\n\ndata: a\n\n', [message('a')]],
    [': comment\n\n', []],
    ['retry: 5\n\n', []],
    ['data: a\n', []],
    ['data: a: b\n\n', [message('a: b')]],
    ['\n\n\n', []],
  ])('%j', (text, expected) => {
    expect(new SseParser().push(text)).toEqual(expected);
    const parser = new SseParser();
    expect(Array.from(text).flatMap((character) => parser.push(character))).toEqual(expected);
  });
});

describe('the URL of an engine', () => {
  test.each([
    ['http://h:1', '/x', 'http://h:1/x'],
    ['http://h:1/', '/x', 'http://h:1/x'],
    ['http://h:1/base//', '/x?y=1', 'http://h:1/base/x?y=1'],
    ['https://h', '/', 'https://h/'],
    ['HTTPS://h', '/', 'https://h/'],
    ['h:1', '/x', 'http://h:1/x'],
    ['127.0.0.1', '/x', 'http://127.0.0.1/x'],
    ['[::1]:5', '/x', 'http://[::1]:5/x'],
  ])('%s with %s is %s', (base, path, expected) => {
    expect(parseUrl(base, path).href).toBe(expected);
  });

  test.each(['', 'http://', 'h:port', 'a b'])('%j is invalid', (base) => {
    expect(thrownBy(() => parseUrl(base, '/'))).toMatchObject({
      code: 'INVALID_CONFIG',
      message: `"${base}" is not a URL; write it as http://127.0.0.1:19881`,
    });
  });
});

describe('a request', () => {
  test('of an unknown method is refused', () => {
    expect(thrownBy(() => requestFor('toString' as 'list', {}))).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('escapes the names in its path', () => {
    expect(requestFor('describe', { id: 'a@b' }).path).toBe('/processes/a%40b');
    expect(requestFor('changeSetting', { key: 'a/b?c ü', value: 1 }).path).toBe('/settings/a%2Fb%3Fc%20%C3%BC');
  });

  test.each(['a/b?c', 'ü', '.', '..', '', 'x'.repeat(65)])('about the program %j is refused', (id) => {
    expect(thrownBy(() => requestFor('describe', { id }))).toMatchObject({ code: 'INVALID_CONFIG' });
  });

  test.each(['', '.', '..'])('with the key %j in its path is refused', (key) => {
    expect(thrownBy(() => requestFor('changeSetting', { key, value: 1 }))).toMatchObject({ code: 'INVALID_CONFIG' });
  });

  test.each([
    [{ kinds: ['a', 'b'] }, 'kinds=a&kinds=b'],
    [{ limit: 1, process: 'x y' }, 'limit=1&process=x+y'],
    [{ limit: undefined }, ''],
  ])('writes %j as the query "%s"', (params, query) => {
    expect(requestFor('events', params).path.split('?')[1] ?? '').toBe(query);
  });

  test.each([
    ['snapshot', {}, false],
    ['events', { afterSeq: 5 }, false],
    ['log', { id: 'w' }, true],
  ] as const)('of the stream %s with %j follows: %j', (name, params, follows) => {
    expect(streamPathFor(name, params).includes('follow=true')).toBe(follows);
  });
});

describe('a socket error', () => {
  const error = (code: string) => Object.assign(new Error(code), { code });
  test.each([
    ['ENOENT', 'ENGINE_NOT_RUNNING', 'the engine is not running; start it with "healer up --instance blue"'],
    ['ECONNREFUSED', 'ENGINE_NOT_RUNNING', 'the engine is not running; start it with "healer up --instance blue"'],
    ['ECONNRESET', 'ENGINE_NOT_RUNNING', 'the engine closed the connection'],
    ['EPIPE', 'ENGINE_NOT_RUNNING', 'the engine closed the connection'],
    [
      'EACCES',
      'FORBIDDEN',
      'no permission to open the engine\'s socket "/run/blue.sock"; run healer as the user who started the engine',
    ],
    [
      'EPERM',
      'FORBIDDEN',
      'no permission to open the engine\'s socket "/run/blue.sock"; run healer as the user who started the engine',
    ],
    [
      'ENOTDIR',
      'IO_ERROR',
      'cannot connect to the engine at "/run/blue.sock": a part of this path is a file — set HEALER_HOME to a writable folder',
    ],
  ])('%s becomes %s', (code, expected, message) => {
    expect(socketErrorOf(error(code), '/run/blue.sock')).toMatchObject({ code: expected, message });
  });

  test('of the default instance names the short start command', () => {
    expect(notRunning('/run/default.sock').message).toBe('the engine is not running; start it with "healer up"');
    expect(noAnswer('/s', 5000)).toMatchObject({ code: 'TIMEOUT', data: { timeoutMs: 5000 } });
  });

  test('of another protocol names both versions and the next step', () => {
    expect(protocolMismatch({ protocol: 2, version: '9.0', instance: 'i', pid: 7 }, 1).message).toBe(
      'the engine (healer 9.0, pid 7) uses protocol 2, but this client uses 1; ' +
        'use the engine\'s version of healer, or stop the engine with "kill 7" and start it again',
    );
  });
});

test.each([
  ['snapshot', true],
  ['events', true],
  ['log', true],
  ['toString', false],
  [5, false],
  [null, false],
])('%j is the name of a stream: %j', (name, expected) => {
  expect(isStreamName(name)).toBe(expected);
});
