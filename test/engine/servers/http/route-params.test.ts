import { describe, expect, test } from 'vitest';
import { paramsOf } from '../../../../src/engine/servers/http/route-params.ts';
import { routeOf } from '../../../../src/protocol/methods/http-routes.ts';
import type { ApiMethod } from '../../../../src/protocol/methods/methods.ts';
import { thrownBy } from '../../../support/thrown-by.ts';

interface Input {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: string;
}

function read(method: ApiMethod, { path = {}, query = '', body }: Input): unknown {
  return paramsOf(method, routeOf(method), { path, query: new URLSearchParams(query), body: body ?? null });
}

describe('the parameters of an HTTP request', () => {
  test.each<[ApiMethod, Input, object]>([
    ['status', {}, {}],
    ['describe', { path: { id: 'web' } }, { id: 'web' }],
    ['stop', { path: { id: 'web' }, body: '{"graceful":false}' }, { id: 'web', graceful: false }],
    ['stop', { path: { id: 'web' }, body: '{}' }, { id: 'web' }],
    ['stop', { path: { id: 'web' }, query: 'timeoutMs=5' }, { id: 'web', timeoutMs: 5 }],
    ['stop', { path: { id: 'web' }, query: 'graceful=false' }, { id: 'web', graceful: false }],
    ['stop', { path: { id: 'web' }, query: 'graceful=true' }, { id: 'web', graceful: true }],
    ['stop', { path: { id: 'web' }, query: 'graceful' }, { id: 'web', graceful: true }],
    ['list', { query: 'limit=5&afterId=7' }, { limit: 5, afterId: '7' }],
    ['list', { query: 'limit=-5' }, { limit: -5 }],
    ['list', { query: 'limit=1.5' }, { limit: 1.5 }],
    ['events', { query: 'kinds=crashed' }, { kinds: ['crashed'] }],
    ['events', { query: 'kinds=crashed,restarted&kinds=failed' }, { kinds: ['crashed', 'restarted', 'failed'] }],
    ['add', { body: '{"id":"web","command":"x"}' }, { definition: { id: 'web', command: 'x' } }],
    ['update', { path: { id: 'web' }, body: '{"nice":1}' }, { id: 'web', changes: { nice: 1 } }],
    ['changeRemoteConfig', { path: { section: 'api' }, body: '{"port":1}' }, { section: 'api', content: { port: 1 } }],
  ])('%s %j become %j', (method, input, params) => {
    expect(read(method, input)).toEqual(params);
  });

  test.each<[ApiMethod, Input, object]>([
    ['list', { query: 'limit=many' }, { limit: 'many' }],
    ['list', { query: 'limit=' }, { limit: '' }],
    ['list', { query: 'limit=1&limit=2' }, { limit: ['1', '2'] }],
    ['list', { query: 'nonsense=1' }, { nonsense: '1' }],
    ['stop', { path: { id: 'web' }, query: 'graceful=maybe' }, { id: 'web', graceful: 'maybe' }],
    ['stop', { path: { id: 'web' }, query: 'graceful=toString' }, { id: 'web', graceful: 'toString' }],
  ])('%s %j is left to validation: %j', (method, input, params) => {
    expect(read(method, input)).toEqual(params);
  });

  test.each<[ApiMethod, Input, string]>([
    ['stop', { body: '{' }, 'the body is not JSON: '],
    ['stop', { body: '' }, 'the body is not JSON: '],
    ['stop', { body: '[1]' }, 'the body must be a JSON object'],
    ['stop', { body: 'null' }, 'the body must be a JSON object'],
    ['stop', { body: '"text"' }, 'the body must be a JSON object'],
    ['add', { body: '7' }, 'the body must be a JSON object'],
    [
      'stop',
      { path: { id: 'a' }, body: '{"id":"b"}' },
      '"id" is given more than once in the path, the query or the body',
    ],
    ['stop', { path: { id: 'a' }, query: 'id=b' }, '"id" is given more than once in the path, the query or the body'],
    ['stop', { query: 'timeoutMs=1', body: '{"timeoutMs":1}' }, '"timeoutMs" is given more than once'],
    ['update', { query: 'changes=1', body: '{}' }, '"changes" is given more than once'],
  ])('%s %j is refused: %s', (method, input, message) => {
    const error = thrownBy(() => read(method, input));
    expect(error.code).toBe('INVALID_CONFIG');
    expect(error.message).toContain(message);
  });

  test('a body cannot change the prototype of the parameters', () => {
    const params = read('stop', { path: { id: 'web' }, body: '{"__proto__":{"graceful":false}}' });
    expect(Object.getPrototypeOf(params)).toBe(Object.prototype);
  });
});
