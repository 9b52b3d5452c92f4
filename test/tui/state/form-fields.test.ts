import { describe, expect, test } from 'vitest';
import { processSpecSchema, type ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { EDIT_FIELDS, type FieldKey, FORM_FIELDS, fieldNamed } from '../../../src/tui/state/form-fields.ts';

function specOf(definition: Partial<ProcessSpecInput>): ReturnType<typeof processSpecSchema.parse> {
  return processSpecSchema.parse({ id: 'web', command: 'node', ...definition });
}

describe('valid text', () => {
  test.each<[FieldKey, string, object]>([
    ['id', 'web', {}],
    ['command', 'node', { command: 'node', args: [] }],
    ['command', 'node server.js --port 80', { command: 'node', args: ['server.js', '--port', '80'] }],
    ['command', `sh -c 'echo "a b"'`, { command: 'sh', args: ['-c', 'echo "a b"'] }],
    ['command', 'a\\ b c', { command: 'a b', args: ['c'] }],
    ['cwd', '/srv/web', { cwd: '/srv/web' }],
    ['cwd', '', { cwd: null }],
    ['cpu', '50', { limits: { cpuPercent: 50 } }],
    ['cpu', '50%', { limits: { cpuPercent: 50 } }],
    ['cpu', '12.5 %', { limits: { cpuPercent: 12.5 } }],
    ['cpu', '', { limits: { cpuPercent: null } }],
    ['cpu', 'none', { limits: { cpuPercent: null } }],
    ['memory', '512', { limits: { memoryMb: 512 } }],
    ['memory', '512M', { limits: { memoryMb: 512 } }],
    ['memory', '512 mb', { limits: { memoryMb: 512 } }],
    ['memory', '', { limits: { memoryMb: null } }],
    ['memory', 'none', { limits: { memoryMb: null } }],
    ['restart', 'on-failure', { restart: { policy: 'on-failure' } }],
    ['restart', 'always', { restart: { policy: 'always' } }],
    ['restart', 'never', { restart: { policy: 'never' } }],
    ['healing', 'heal', { healing: 'heal' }],
    ['healing', 'observe', { healing: 'observe' }],
    ['autostart', 'yes', { autostart: true }],
    ['autostart', 'no', { autostart: false }],
    ['env', '', { env: {} }],
    ['env', 'A=1', { env: { A: '1' } }],
    ['env', `A=1 B='two words' C=x=y D=`, { env: { A: '1', B: 'two words', C: 'x=y', D: '' } }],
    ['schedule', '0 4 * * *', { schedule: '0 4 * * *' }],
    ['schedule', '', { schedule: null }],
  ])('of %s: %j becomes %j', (key, text, expected) => {
    expect(fieldNamed(key).write(text)).toEqual({ kind: 'value', value: expected });
  });
});

describe('invalid text', () => {
  test.each<[FieldKey, string, string]>([
    ['id', '', 'an id is required'],
    ['command', '', 'a command is required'],
    ['cpu', 'half', 'must be a number in percent, or empty for no limit'],
    ['cpu', '50 MB x', 'must be a number in percent, or empty for no limit'],
    ['memory', 'lots', 'must be a number in MB, or empty for no limit'],
    ['memory', '1X', 'must be a number in MB, or empty for no limit'],
    ['restart', 'sometimes', 'must be one of on-failure, always, never'],
    ['restart', '', 'must be one of on-failure, always, never'],
    ['healing', 'on', 'must be one of heal, observe'],
    ['autostart', 'true', 'must be one of yes, no'],
    ['env', 'A', '"A" must have the form NAME=value'],
    ['env', 'A=1 =2', '"=2" must have the form NAME=value'],
  ])('of %s: %j is reported as %j', (key, text, message) => {
    expect(fieldNamed(key).write(text)).toEqual({ kind: 'problem', message });
  });

  test.each(['command', 'env'] as const)('with an open quote is reported in %s', (key) => {
    expect(fieldNamed(key).write(`A="x`)).toMatchObject({
      kind: 'problem',
      message: expect.stringContaining('never closed') as string,
    });
  });
});

describe('the text of a definition', () => {
  test.each<[FieldKey, Partial<ProcessSpecInput>, string]>([
    ['id', {}, 'web'],
    ['command', { args: ['server.js', 'a b', "it's"] }, String.raw`node server.js 'a b' 'it'\''s'`],
    ['cwd', {}, ''],
    ['cwd', { cwd: '/srv' }, '/srv'],
    ['cpu', {}, ''],
    ['cpu', { limits: { cpuPercent: 80 } }, '80'],
    ['memory', {}, ''],
    ['memory', { limits: { memoryMb: 256 } }, '256'],
    ['restart', {}, 'on-failure'],
    ['restart', { restart: { policy: 'never' } }, 'never'],
    ['healing', { healing: 'observe' }, 'observe'],
    ['autostart', { autostart: false }, 'no'],
    ['autostart', {}, 'yes'],
    ['env', { env: { A: '1', B: 'two words' } }, "A=1 'B=two words'"],
    ['schedule', { schedule: '0 4 * * *' }, '0 4 * * *'],
    ['schedule', {}, ''],
    ['overlap', { scheduling: { overlap: 'queue' } }, 'queue'],
    ['maxRuntime', { maxRuntimeMs: '30m' }, '1800000ms'],
    ['maxRuntime', {}, ''],
    ['reload', { reload: { strategy: 'overlap' } }, 'overlap'],
  ])('of %s in %j is %j', (key, definition, text) => {
    expect(fieldNamed(key).read(specOf(definition))).toBe(text);
  });

  test.each(EDIT_FIELDS.map(({ key }) => key))('of %s is read and written without a change', (key) => {
    const spec = specOf({
      args: ['server.js', 'a b'],
      cwd: '/srv',
      limits: { cpuPercent: 80, memoryMb: 256 },
      restart: { policy: 'always' },
      healing: 'observe',
      autostart: false,
      schedule: '0 4 * * *',
    });
    const field = fieldNamed(key);
    const written = field.write(field.read(spec));
    expect(written.kind).toBe('value');
    const part = written.kind === 'value' ? written.value : {};
    expect(spec).toMatchObject(part);
  });
});

test('every field has a label, a hint and a path of the definition', () => {
  for (const { label, hint, paths } of FORM_FIELDS) {
    expect(label).toMatch(/^[A-Z]/);
    expect(label.length).toBeLessThanOrEqual(16);
    expect(hint).not.toBe('');
    expect(paths.length).toBeGreaterThan(0);
  }
});

test('the initial value of every field with choices is one of them', () => {
  for (const { choices, initial } of FORM_FIELDS) if (choices !== undefined) expect(choices).toContain(initial);
});

test('the edit form has no id and no environment', () => {
  expect(EDIT_FIELDS.map(({ key }) => key)).toEqual([
    'command',
    'cwd',
    'cpu',
    'memory',
    'restart',
    'healing',
    'autostart',
    'schedule',
    'overlap',
    'maxRuntime',
    'reload',
    'groups',
  ]);
});

test('an unknown field is an error', () => {
  expect(() => fieldNamed('none' as FieldKey)).toThrow('unknown field "none"');
});
