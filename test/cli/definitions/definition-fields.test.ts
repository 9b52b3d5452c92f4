import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { definitionFields } from '../../../src/cli/definitions/definition-fields.ts';

type Options = Parameters<typeof definitionFields>[1];

const NONE: Options = {
  cpu: undefined,
  memory: undefined,
  cwd: undefined,
  type: undefined,
  pidFile: undefined,
  env: undefined,
  restart: undefined,
  instances: undefined,
  autostart: undefined,
  set: undefined,
};

describe('the fields of a definition', () => {
  test.each<[what: string, command: string[], options: Partial<Options>, fields: object]>([
    ['nothing', [], {}, {}],
    ['a command from PATH', ['node', 'web.js', '-p'], {}, { command: 'node', args: ['web.js', '-p'] }],
    ['a command without arguments', ['node'], {}, { command: 'node', args: [] }],
    ['a relative command', ['./web'], {}, { command: resolve('web'), args: [] }],
    ['an absolute command', ['/usr/bin/env', 'x'], {}, { command: '/usr/bin/env', args: ['x'] }],
    ['a CPU limit', [], { cpu: 50 }, { limits: { cpuPercent: 50 } }],
    ['no CPU limit', [], { cpu: null }, { limits: { cpuPercent: null } }],
    ['a memory limit', [], { memory: 500 }, { limits: { memoryMb: 500 } }],
    ['no memory limit', [], { memory: null }, { limits: { memoryMb: null } }],
    ['both limits', [], { cpu: null, memory: 1 }, { limits: { cpuPercent: null, memoryMb: 1 } }],
    ['a relative folder', [], { cwd: 'srv' }, { cwd: resolve('srv') }],
    ['variables', [], { env: { A: '1' } }, { env: { A: '1' } }],
    ['a restart policy', [], { restart: 'always' }, { restart: { policy: 'always' } }],
    ['no instances', [], { instances: 0 }, { instances: 0 }],
    [
      'any field, as JSON or as text',
      [],
      {
        set: [
          { path: 'health.timeoutMs', value: '5000' },
          { path: 'health.enabled', value: 'false' },
          { path: 'anomaly.leak.restartWindow', value: '03:00-04:00' },
          { path: 'groups', value: '["web"]' },
          { path: 'env.PORT', value: '8080' },
        ],
      },
      {
        health: { timeoutMs: 5000, enabled: false },
        anomaly: { leak: { restartWindow: '03:00-04:00' } },
        groups: ['web'],
        env: { PORT: '8080' },
      },
    ],
    [
      'a field beside one that has an option',
      [],
      { memory: 500, set: [{ path: 'limits.cpuPercent', value: '80' }] },
      { limits: { memoryMb: 500, cpuPercent: 80 } },
    ],
    ['autostart', [], { autostart: true }, { autostart: true }],
    ['no autostart', [], { autostart: false }, { autostart: false }],
  ])('%s', (_what, command, options, fields) => {
    expect(definitionFields(command, { ...NONE, ...options })).toEqual(fields);
  });

  test.each([
    ['restart.policy.x', /inside "policy", which the same command sets/],
    ['limits..x', /is not a field; write it as in healer\.yaml/],
    ['.', /is not a field/],
  ])('a path that leads nowhere is refused: %s', (path, message) => {
    const set = [{ path, value: '1' }];
    expect(() => definitionFields([], { ...NONE, restart: 'always', set })).toThrow(message);
  });
});
