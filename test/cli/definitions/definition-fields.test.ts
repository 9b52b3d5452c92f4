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
    ['autostart', [], { autostart: true }, { autostart: true }],
    ['no autostart', [], { autostart: false }, { autostart: false }],
  ])('%s', (_what, command, options, fields) => {
    expect(definitionFields(command, { ...NONE, ...options })).toEqual(fields);
  });
});
