import { describe, expect, test } from 'vitest';
import type { Registry } from '../../../src/config/registry/registry-content.ts';
import { EMPTY_REGISTRY } from '../../../src/config/registry/registry-content.ts';
import type { RegistryEdit } from '../../../src/config/registry/registry-edits.ts';
import { checkedEdit } from '../../../src/config/sources/checked-edit.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const REGISTRY: Registry = {
  ...EMPTY_REGISTRY,
  programs: { db: { command: 'sleep' }, web: { command: 'sleep', dependsOn: ['db'] } },
};
const edit = (wanted: RegistryEdit, registry = REGISTRY): Registry =>
  checkedEdit(registry, wanted, { origins: new Map(), files: [], registryFile: '/h/registry.json' });

describe('an edit of the registry', () => {
  test.each<[string, RegistryEdit, string]>([
    [
      'that depends on an unknown program',
      { kind: 'update', id: 'db', fields: { dependsOn: ['nobody'] } },
      'not defined',
    ],
    ['that closes a cycle', { kind: 'update', id: 'db', fields: { dependsOn: ['web'] } }, 'circular dependency'],
    ['that depends on itself', { kind: 'update', id: 'db', fields: { dependsOn: ['db'] } }, 'circular dependency'],
    [
      'that adds such a program',
      { kind: 'add', id: 'x', fields: { command: 'y', dependsOn: ['nobody'] } },
      'not defined',
    ],
    ['with an invalid schedule', { kind: 'update', id: 'db', fields: { schedule: 'at noon' } }, 'invalid schedule'],
    [
      'that waits for a health check that does not exist',
      { kind: 'update', id: 'web', fields: { dependsOn: [{ id: 'db', condition: 'healthy' }] } },
      'has no health check',
    ],
  ])('%s is refused', (_what, wanted, why) => {
    const error = thrownBy(() => edit(wanted));
    expect(error).toMatchObject({ code: 'INVALID_CONFIG', message: expect.stringContaining(why) });
    expect(error.message).toMatch(/^cannot (?:add|update) "/);
  });

  test('without new errors is applied, also if there were errors before', () => {
    expect(edit({ kind: 'update', id: 'db', fields: { dependsOn: [] } }).programs['db']).toMatchObject({
      dependsOn: [],
    });
    const broken: Registry = {
      ...REGISTRY,
      programs: { ...REGISTRY.programs, old: { command: 'x', dependsOn: ['nobody'] } },
    };
    expect(edit({ kind: 'update', id: 'old', fields: { name: 'X' } }, broken).programs['old']).toMatchObject({
      name: 'X',
    });
    expect(edit({ kind: 'remove', id: 'web' }).programs).not.toHaveProperty('web');
  });

  test('that removes what others depend on is refused, and names them by their definitions', () => {
    expect(thrownBy(() => edit({ kind: 'remove', id: 'db' }))).toMatchObject({
      code: 'INVALID_STATE',
      message:
        'cannot remove "db": "web" depends on it — remove them together with "healer remove web db", or change "dependsOn" first',
      data: { id: 'db', dependents: ['web'] },
    });
    const many: Registry = {
      ...EMPTY_REGISTRY,
      programs: {
        db: { command: 'sleep', instances: 2 },
        web: { command: 'sleep', instances: 2, dependsOn: ['db'] },
        api: { command: 'sleep', dependsOn: ['db-1'] },
      },
    };
    expect(thrownBy(() => edit({ kind: 'remove', id: 'db' }, many)).message).toContain('"web", "api" depend on it');
    const without = edit({ kind: 'remove', id: 'web' }, edit({ kind: 'remove', id: 'api' }, many));
    expect(edit({ kind: 'remove', id: 'db' }, without).programs).toEqual({});
  });
});
