import { describe, expect, test } from 'vitest';
import { processSpecSchema, storedSpecSchema } from '../../src/protocol/process-spec.ts';

function problemsOf(input: unknown): string[] {
  const { error } = processSpecSchema.safeParse(input);
  return (error?.issues ?? []).map(({ path }) => path.join('.'));
}

describe('a program requires', () => {
  test('an id and a command; everything else has a default', async () => {
    const spec = processSpecSchema.parse({ id: 'web', command: 'node' });
    await expect(JSON.stringify(spec, null, 2) + '\n').toMatchFileSnapshot('../fixtures/protocol/default-spec.json');
  });

  test.each(['a', '0', 'web-1', 'a.b_c@d', 'x'.repeat(64)])('an id such as %s', (id) => {
    expect(problemsOf({ id, command: 'x' })).toEqual([]);
  });

  test.each(['', '-a', '.a', '_a', '@a', 'a b', 'a/b', '../a', 'ä', 'x'.repeat(65), 'a\n'])(
    'an id other than %j',
    (id) => {
      expect(problemsOf({ id, command: 'x' })).toEqual(['id']);
    },
  );
});

describe('a program must not have', () => {
  test.each([
    ['command', { command: '' }],
    ['limits.cpuPercent', { limits: { cpuPercent: 0 } }],
    ['limits.memoryMb', { limits: { memoryMb: Number.POSITIVE_INFINITY } }],
    ['restart.backoffMs', { restart: { backoffMs: [] } }],
    ['restart.cooldown.restarts', { restart: { cooldown: { restarts: 0 } } }],
    ['restart.jitter', { restart: { jitter: 2 } }],
    ['stop.signal', { stop: { signal: 'TERM' } }],
    ['pidFile', { pidFile: '/run/web.pid' }],
    ['pidFile', { pidFile: '/run/web.pid', type: 'simple' }],
    ['', { comand: 'typo' }],
    ['limits', { limits: { cpu: 1 } }],
  ])('a wrong %s', (path, change) => {
    expect(problemsOf({ id: 'web', command: 'x', ...change })).toEqual([path]);
  });
});

test('a limit of zero is rejected with a readable message', () => {
  const { error } = processSpecSchema.safeParse({ id: 'web', command: 'x', limits: { memoryMb: -5 } });
  expect(error?.issues.map(({ message }) => message)).toEqual(['must be greater than 0']);
});

test('the name is kept, and defaults to the id', () => {
  expect(processSpecSchema.parse({ id: 'web', command: 'x' }).name).toBe('web');
  expect(processSpecSchema.parse({ id: 'web', command: 'x', name: 'The site' }).name).toBe('The site');
});

describe('texts that are passed to the kernel', () => {
  test.each<[string, object]>([
    ['the command', { command: 'a\0b' }],
    ['an argument', { args: ['a\0b'] }],
    ['the folder', { cwd: '/a\0b' }],
    ['an env file', { envFile: 'a\0b' }],
    ['the user', { user: 'a\0b' }],
    ['the group', { group: 'a\0b' }],
    ['a pid file', { pidFile: 'a\0b' }],
    ['the value of a variable', { env: { A: 'a\0b' } }],
    ['the name of a variable', { env: { 'A\0B': 'x' } }],
    ['an empty name of a variable', { env: { '': 'x' } }],
    ['a name of a variable with "="', { env: { 'A=B': 'x' } }],
    ['the command of a check', { health: { check: { type: 'exec', command: 'a\0b' } } }],
    ['an argument of a check', { health: { check: { type: 'exec', command: 'a', args: ['\0'] } } }],
  ])('are refused if the kernel would cut them: %s', (_what, fields) => {
    expect(processSpecSchema.safeParse({ id: 'web', command: 'x', ...fields }).success).toBe(false);
  });

  test('may contain everything else', () => {
    const fields = { args: ['', 'a=b', 'ü😀\n"'], env: { '1X': '=', 'a.b': '', 'BASH_FUNC_f%%': '() { :; }' } };
    expect(processSpecSchema.parse({ id: 'web', command: 'x', ...fields })).toMatchObject(fields);
  });
});

test('a stored definition that newer rules refuse stays readable', () => {
  const stored = { id: 'web', command: 'x', pidFile: '/run/web.pid' };
  expect(problemsOf(stored)).toEqual(['pidFile']);
  expect(storedSpecSchema.parse(stored)).toMatchObject({ name: 'web', pidFile: '/run/web.pid', type: 'simple' });
});
