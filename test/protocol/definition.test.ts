import { describe, expect, test } from 'vitest';
import { changesSchema, definitionSchema, issuesOfChanges } from '../../src/protocol/definition.ts';

describe('a definition', () => {
  test('is validated and returned as it was written, without defaults', () => {
    const written = { id: 'web', command: 'node', args: ['server.mjs'] };
    expect(definitionSchema.parse(written)).toEqual(written);
  });

  test.each<[string, unknown, string]>([
    ['no command', { id: 'web' }, 'command'],
    ['an unknown field', { id: 'web', command: 'node', comand: 'x' }, ''],
    ['a wrong type', { id: 'web', command: 'node', limits: { cpuPercent: 'much' } }, 'limits.cpuPercent'],
    ['a limit of zero', { id: 'web', command: 'node', limits: { memoryMb: 0 } }, 'limits.memoryMb'],
    ['null', null, ''],
  ])('with %s is rejected at "%s"', (_, value, path) => {
    const { error } = definitionSchema.safeParse(value);
    expect(error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });
});

describe('changes of a definition', () => {
  test.each<[string, unknown]>([
    ['no fields', {}],
    ['one field', { limits: { memoryMb: 512 } }],
    ['a field that resets another', { health: null }],
    ['a part of a map whose other fields stay', { health: { timeoutMs: 2500 } }],
  ])('may have %s', (_, value) => {
    expect(changesSchema.parse(value)).toEqual(value);
    expect(issuesOfChanges(value)).toEqual([]);
  });

  test.each<[string, unknown, string, RegExp]>([
    ['an id', { id: 'other' }, 'id', /^an id cannot be changed/],
    ['an invalid field', { restart: { jitter: 3 } }, 'restart.jitter', /./],
    ['an unknown field', { nonsense: 1 }, '', /nonsense/],
    ['an invalid field of a part', { health: { timeoutMs: -1 } }, 'health.timeoutMs', /./],
    ['a part of a list', { sockets: [{}] }, 'sockets.0.listen', /./],
    ['a value that is not an object', 'text', '', /./],
    ['null', null, '', /./],
  ])('must not have %s', (_, value, path, message) => {
    const [issue] = issuesOfChanges(value);
    expect(issue?.path.join('.')).toBe(path);
    expect(issue?.message).toMatch(message);
    expect(changesSchema.safeParse(value).success).toBe(false);
  });
});
