import { describe, expect, test } from 'vitest';
import { parseParams } from '../../../src/engine/access/parse-params.ts';
import type { MethodName } from '../../../src/protocol/methods/methods.ts';
import { thrownBy } from '../../support/thrown-by.ts';

describe('the parameters of a method', () => {
  test.each<[MethodName, unknown, unknown]>([
    ['status', {}, {}],
    ['list', {}, { limit: 1000 }],
    ['list', { afterId: 'web', limit: 1 }, { afterId: 'web', limit: 1 }],
    ['history', { id: 'web' }, { id: 'web', span: '15m' }],
    ['stop', { id: 'web' }, { id: 'web', graceful: true }],
    ['stop', { id: 'web', graceful: false, timeoutMs: 0 }, { id: 'web', graceful: false, timeoutMs: 0 }],
    ['logs', { id: 'web' }, { id: 'web', tail: 100 }],
    ['events', {}, { limit: 100 }],
    ['reloadConfig', {}, { dryRun: false }],
    ['shutdown', {}, { keep: false }],
    ['subscribeSnapshot', {}, { intervalMs: 1000 }],
  ])('%s %j becomes %j', (method, input, parsed) => {
    expect(parseParams(method, input)).toEqual(parsed);
  });

  test.each<[MethodName, unknown, readonly string[]]>([
    ['status', { nonsense: 1 }, ['']],
    ['describe', {}, ['id']],
    ['describe', { id: '../etc' }, ['id']],
    ['describe', { id: 7 }, ['id']],
    ['list', { limit: 0 }, ['limit']],
    ['list', { limit: 1001 }, ['limit']],
    ['list', { limit: 1.5 }, ['limit']],
    ['stop', { id: '', timeoutMs: -1 }, ['id', 'timeoutMs']],
    ['stop', { id: 'web', timeoutMs: 86_400_001 }, ['timeoutMs']],
    ['scale', { id: 'web', instances: 1001 }, ['instances']],
    ['track', { pid: 0 }, ['pid']],
    ['track', { pid: 4_194_305 }, ['pid']],
    ['events', { kinds: ['no-such-kind'] }, ['kinds.0']],
    ['reloadConfig', { files: ['relative.yaml'] }, ['files.0']],
    ['remoteConfig', { section: 'no-such-section' }, ['section']],
    ['subscribeSnapshot', { intervalMs: 99 }, ['intervalMs']],
    ['subscribeLog', { id: 'web', after: 'not a cursor' }, ['after']],
    ['status', null, ['']],
    ['status', [], ['']],
    ['status', 'text', ['']],
  ])('%s %j is refused with the path of each problem: %j', (method, input, paths) => {
    const { code, message, data } = thrownBy(() => parseParams(method, input));
    expect(code).toBe('INVALID_CONFIG');
    expect(message).toMatch(new RegExp(`^invalid parameters for "${method}": `));
    expect((data['issues'] as { path: string }[]).map(({ path }) => path)).toEqual(paths);
    for (const path of paths) expect(message).toContain(path);
  });

  test.each<[object, string]>([
    [{ memory: '1G' }, 'definition: Unrecognized key: "memory" (write limits: { memoryMb: 1G })'],
    [{ autorestart: true }, 'definition: Unrecognized key: "autorestart" (write restart: { policy: always })'],
    [{ limits: { memory: 5 } }, 'definition.limits: Unrecognized key: "memory" (write memoryMb: 5)'],
    [
      { restart: 'sometimes' },
      'definition.restart: restart is the text "sometimes", but has to be a map, "on-failure", "always" or "never" (for example: restart: on-failure)',
    ],
    [{ limits: { memoryMb: 'lots' } }, 'definition.limits.memoryMb: limits.memoryMb cannot be the text "lots": write'],
    [{ args: 'x y' }, 'definition.args: args is the text "x y", but has to be a list'],
    [{ restart: { backoffMs: 3 } }, 'restart.backoffMs: restart.backoffMs is 3, but has to be a list'],
    [{ restart: { maxAttempts: 0 } }, 'restart.maxAttempts cannot be 0: it has to be at least 1'],
    [{ restart: { max: 3 } }, 'definition.restart: Unrecognized key: "max" (write maxAttempts: 3)'],
    [
      { notify: ['crash'] },
      'notify[0] is the text "crash", but has to be one of the allowed words (did you mean "crashed"?)',
    ],
    [{ nice: 99 }, 'definition.nice: nice cannot be 99: it has to be at most 19'],
  ])('a program with %j is refused with the field that is meant', (fields, reason) => {
    const definition = { id: 'a', command: 'sleep', ...fields };
    expect(thrownBy(() => parseParams('add', { definition })).message).toContain(reason);
    const changes = thrownBy(() => parseParams('update', { id: 'a', changes: fields })).message;
    expect(changes).toContain(reason.replace('definition', 'changes'));
  });

  test('a number beyond several bounds is refused once, with the tightest', () => {
    const { message } = thrownBy(() => parseParams('stop', { id: 'a', timeoutMs: 1e18 }));
    expect(message.match(/has to be at most/g)).toHaveLength(1);
    expect(message).toContain('at most 86400000');
  });

  test('an unknown parameter is refused with those that are known', () => {
    const { message } = thrownBy(() => parseParams('stop', { id: 'a', tiemoutMs: 1 }));
    expect(message).toMatch(/Unrecognized key: "tiemoutMs" \(did you mean "timeoutMs"\? the parameters are id, /);
  });

  test.each([
    ['add', '{"definition": {"id": "a", "command": "b", "env": {"__proto__": "x"}}}'],
    [
      'update',
      '{"id": "a", "changes": {"health": {"check": {"type": "http", "url": "http://x", "headers": {"__proto__": "x"}}}}}',
    ],
    ['changeSetting', '{"key": "binaries", "value": {"__proto__": "/bin/sh"}}'],
    ['changeRemoteConfig', '{"section": "trusted-hosts", "content": {"__proto__": {"hosts": []}}}'],
    ['stop', '{"id": "a", "__proto__": {"graceful": false}}'],
  ] as const)('"__proto__" in %s is refused, because it would be dropped without a problem', (method, json) => {
    const { code, message } = thrownBy(() => parseParams(method, JSON.parse(json)));
    expect(code).toBe('INVALID_CONFIG');
    expect(message).toContain('"__proto__" cannot be used as a name');
  });

  test('deeply nested parameters are refused without an exhausted stack', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;
    expect(thrownBy(() => parseParams('stop', { id: 'a', deep })).code).toBe('INVALID_CONFIG');
  });
});
