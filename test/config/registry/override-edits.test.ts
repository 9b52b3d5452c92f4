import { describe, expect, test } from 'vitest';
import { EMPTY_REGISTRY, enabledByName, type Registry } from '../../../src/config/registry/registry-content.ts';
import { applyEdit, type RegistryEdit } from '../../../src/config/registry/registry-edits.ts';

/** "api" and the instances "pool-0" and "pool-1" are defined in a file. */
const ORIGINS = new Map([
  ['api', '/etc/list.txt:3'],
  ['pool-0', '/etc/healer.yaml:2'],
  ['pool-1', '/etc/healer.yaml:2'],
]);

type Table = Registry['programs'];

function edited(programs: Table, overrides: Table, ...edits: readonly RegistryEdit[]): Omit<Registry, 'version'> {
  const before: Registry = { ...EMPTY_REGISTRY, programs, overrides, settings: { healing: 'observe' } };
  const after = edits.reduce((registry, edit) => applyEdit(registry, edit, ORIGINS), before);
  return { programs: after.programs, overrides: after.overrides, settings: after.settings };
}

const update = (id: string, fields: object): RegistryEdit => ({ kind: 'update', id, fields: { ...fields } });

describe('overrides', () => {
  test.each<[string, Table, readonly RegistryEdit[], Table]>([
    ['of one field', {}, [update('api', { nice: 5 })], { api: { nice: 5 } }],
    ['replace a value', { api: { nice: 5 } }, [update('api', { nice: 6 })], { api: { nice: 6 } }],
    [
      'keep the other fields',
      { api: { nice: 5 } },
      [update('api', { umask: '022' })],
      { api: { nice: 5, umask: '022' } },
    ],
    [
      'combine the fields of a group',
      { api: { limits: { cpuPercent: 50 } } },
      [update('api', { limits: { memoryMb: 9 } })],
      { api: { limits: { cpuPercent: 50, memoryMb: 9 } } },
    ],
    [
      'combine variables',
      { api: { env: { A: '1', B: '1' } } },
      [update('api', { env: { B: '2' } })],
      { api: { env: { A: '1', B: '2' } } },
    ],
    ['replace a list', { api: { args: ['a', 'b'] } }, [update('api', { args: ['c'] })], { api: { args: ['c'] } }],
    [
      'replace a health check of another type',
      { api: { health: { check: { type: 'tcp', port: 80 } } } },
      [update('api', { health: { check: { type: 'exec', command: 'x' } } })],
      { api: { health: { check: { type: 'exec', command: 'x' } } } },
    ],
    [
      'of another program stay',
      { 'pool-0': { nice: 1 } },
      [update('api', { nice: 5 })],
      { 'pool-0': { nice: 1 }, api: { nice: 5 } },
    ],
    ['disable one instance', {}, [{ kind: 'disable', id: 'pool-1' }], { 'pool-1': { enabled: false } }],
    [
      'enable an instance again',
      { 'pool-1': { enabled: false, nice: 1 } },
      [{ kind: 'enable', id: 'pool-1' }],
      { 'pool-1': { enabled: true, nice: 1 } },
    ],
    [
      'of each instance are separate',
      {},
      [
        { kind: 'disable', id: 'pool-0' },
        { kind: 'enable', id: 'pool-1' },
      ],
      { 'pool-0': { enabled: false }, 'pool-1': { enabled: true } },
    ],
  ])('%s', (_what, overrides, edits, expected) => {
    expect(edited({}, overrides, ...edits)).toEqual({
      programs: {},
      overrides: expected,
      settings: { healing: 'observe' },
    });
  });

  test.each<[string, Table, Table, RegistryEdit, Table, Table]>([
    [
      'of a registry program are not needed: its definition changes',
      { web: { command: 'x' } },
      {},
      { kind: 'disable', id: 'web' },
      { web: { command: 'x', enabled: false } },
      {},
    ],
    [
      'of an instance of a registry program are stored',
      { web: { command: 'x', instances: 2 } },
      {},
      { kind: 'disable', id: 'web-1' },
      { web: { command: 'x', instances: 2 } },
      { 'web-1': { enabled: false } },
    ],
    [
      'of a removed program and its instances are removed',
      { web: { command: 'x', instances: 2 } },
      { web: { nice: 1 }, 'web-0': { nice: 1 }, 'web-12': { nice: 1 }, 'web-x': { nice: 1 }, api: { nice: 1 } },
      { kind: 'remove', id: 'web' },
      {},
      { 'web-x': { nice: 1 }, api: { nice: 1 } },
    ],
    [
      'of an earlier program with the same id do not apply to a new one',
      {},
      { web: { enabled: false }, 'web-0': { enabled: false } },
      { kind: 'add', id: 'web', fields: { command: 'x' } },
      { web: { command: 'x' } },
      {},
    ],
  ])('%s', (_what, programs, overrides, edit, nextPrograms, nextOverrides) => {
    expect(edited(programs, overrides, edit)).toMatchObject({ programs: nextPrograms, overrides: nextOverrides });
    expect(edited(programs, overrides, edit).overrides).toEqual(nextOverrides);
  });

  test.each<[string, RegistryEdit]>([
    ['an instance beyond the number of instances', { kind: 'disable', id: 'pool-2' }],
    ['the group of instances that a file defines', { kind: 'disable', id: 'pool' }],
    ['an id that every object inherits', { kind: 'disable', id: 'constructor' }],
  ])('are refused for %s', (_what, edit) => {
    expect(() => edited({}, {}, edit)).toThrow(/: program not found — /);
  });
});

test.each<[Table, Table, readonly string[]]>([
  [{}, {}, []],
  [{ web: { enabled: true } }, {}, ['web']],
  [{ web: {} }, { api: { enabled: true }, 'pool-0': { enabled: false } }, ['api']],
  [{ web: { enabled: 'true' } }, {}, []],
])('in programs %j with overrides %j an operator enabled %j', (programs, overrides, expected) => {
  expect([...enabledByName({ ...EMPTY_REGISTRY, programs, overrides })]).toEqual(expected);
});
