import { describe, expect, test } from 'vitest';
import { processSpecSchema, type ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { combineFields } from '../../../src/config/reading/combine-fields.ts';
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
    ['attempts', '', { restart: { maxAttempts: null } }],
    ['backoff', '0s, 1s 500ms 250', { restart: { backoffMs: ['0s', '1s', '500ms', 250] } }],
    ['cooldownWindow', '90s', { restart: { cooldown: { windowMs: '90s' } } }],
    ['cooldownDuration', '1000', { restart: { cooldown: { durationMs: 1000 } } }],
    ['health', '', { health: null }],
    ['health', 'https://a/b', { health: { check: { type: 'http', url: 'https://a/b' } } }],
    ['health', 'tcp db:5432', { health: { check: { type: 'tcp', host: 'db', port: 5432 } } }],
    ['health', 'tcp [::1]:5432', { health: { check: { type: 'tcp', host: '::1', port: 5432 } } }],
    ['health', `exec sh -c 'a b'`, { health: { check: { type: 'exec', command: 'sh', args: ['-c', 'a b'] } } }],
    ['healthEnabled', 'no', { health: { enabled: false } }],
    ['healthFailures', '3', { health: { consecutiveFailuresRequired: 3, failures: null } }],
    ['healthFailures', '3 of 5', { health: { failures: '3 of 5' } }],
    ['forkBomb', 'off', { anomaly: { forkBomb: { enabled: false } } }],
    ['spike', 'kill', { anomaly: { spike: { enabled: true, action: 'kill' } } }],
    ['notify', 'none', { notify: 'none' }],
    ['notify', 'crashed, failed', { notify: ['crashed', 'failed'] }],
    ['notify', '', { notify: [] }],
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
    ['attempts', 'few', 'must be a number of failures, or empty to never give up'],
    ['cooldownRestarts', '', 'must be a number greater than 0'],
    [
      'health',
      'tcp',
      'must be a URL such as http://127.0.0.1:8080/health, tcp PORT, exec COMMAND, or empty for no check',
    ],
    ['health', 'exec  ', 'write the command of the check after exec'],
    ['healthFailures', '', 'write a number of failed checks, such as 2 or 3 of 5'],
    ['leak', 'mail', 'must be one of log, restart, kill, off'],
    ['notify', 'crash', '"crash" is not a kind of event; healer events lists those that have happened'],
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
    ['maxRuntime', { maxRuntimeMs: '30m' }, '30m'],
    ['backoff', {}, '0ms 1s 2s 5s'],
    ['backoff', { restart: { backoffMs: [1500, 90_000, 7_200_000] } }, '1500ms 90s 2h'],
    ['cooldownWindow', {}, '1m'],
    ['health', { health: { check: { type: 'tcp', port: 80, host: '::1' } } }, 'tcp [::1]:80'],
    ['health', { health: { check: { type: 'exec', command: 'a b', args: ['c'] } } }, "exec 'a b' c"],
    ['healthFailures', { health: { check: { type: 'tcp', port: 80 }, failures: '2 of 3' } }, '2 of 3'],
    ['leak', { anomaly: { leak: { enabled: false } } }, 'off'],
    ['notify', { notify: ['crashed', 'failed'] }, 'crashed failed'],
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
      health: { check: { type: 'exec', command: './check.sh', args: ['a b'] }, failures: '3 of 5' },
      notify: ['crashed'],
    });
    const field = fieldNamed(key);
    const written = field.write(field.read(spec));
    expect(written.kind).toBe('value');
    const part = written.kind === 'value' ? written.value : {};
    expect(processSpecSchema.parse(combineFields({ ...spec }, { ...part }))).toEqual(spec);
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

test('the edit form has all fields but the id', () => {
  expect(EDIT_FIELDS.map(({ key }) => key)).toEqual([
    'command',
    'cwd',
    'cpu',
    'memory',
    'restart',
    'healing',
    'autostart',
    'env',
    'schedule',
    'overlap',
    'maxRuntime',
    'reload',
    'groups',
    ...['attempts', 'backoff', 'cooldownRestarts', 'cooldownWindow', 'cooldownDuration'],
    ...['health', 'healthEnabled', 'healthInterval', 'healthTimeout', 'healthFailures'],
    ...['leak', 'leakGrowth', 'spike', 'spikePercent', 'forkBomb', 'descendants', 'notify'],
  ]);
});

test('an unknown field is an error', () => {
  expect(() => fieldNamed('none' as FieldKey)).toThrow('unknown field "none"');
});
