import { describe, expect, test } from 'vitest';
import { EMPTY_REGISTRY, type Registry } from '../../../src/config/registry/registry-content.ts';
import { applyEdit, type RegistryEdit } from '../../../src/config/registry/registry-edits.ts';
import { HealerError } from '../../../src/protocol/errors.ts';

const LISTED = new Map([['api', '/etc/list.txt:3']]);
const WITH_WEB: Registry = {
  ...EMPTY_REGISTRY,
  programs: { web: { command: 'node', args: ['web.js'], limits: { memoryMb: 500 } } },
};

function refusalOf(edit: RegistryEdit, registry = WITH_WEB): HealerError {
  try {
    applyEdit(registry, edit, LISTED);
  } catch (error) {
    if (error instanceof HealerError) return error;
  }
  throw new Error('the edit was not refused');
}

describe('an edit of the registry', () => {
  test('adds a program as written, without defaults', () => {
    const fields = { command: 'node', limits: { cpuPercent: 50 } };
    expect(applyEdit(EMPTY_REGISTRY, { kind: 'add', id: 'web', fields }, LISTED).programs).toEqual({ web: fields });
  });

  test('of a registry program changes only the given fields', () => {
    const fields = { limits: { cpuPercent: 80 }, args: ['other.js'] };
    const { programs, overrides } = applyEdit(WITH_WEB, { kind: 'update', id: 'web', fields }, LISTED);
    expect(programs).toEqual({
      web: { command: 'node', args: ['other.js'], limits: { memoryMb: 500, cpuPercent: 80 } },
    });
    expect(overrides).toEqual({});
  });

  test('of a program defined in a file stores overrides', () => {
    const disabled = applyEdit(WITH_WEB, { kind: 'disable', id: 'api' }, LISTED);
    const limited = applyEdit(disabled, { kind: 'update', id: 'api', fields: { limits: { memoryMb: 9 } } }, LISTED);
    expect(limited.overrides).toEqual({ api: { enabled: false, limits: { memoryMb: 9 } } });
    expect(applyEdit(limited, { kind: 'enable', id: 'api' }, LISTED).overrides['api']).toMatchObject({ enabled: true });
  });

  test('that removes a program also removes the overrides of its instances, and no others', () => {
    const overrides = { 'web-0': { enabled: false }, 'web-api': { enabled: false }, api: { enabled: false } };
    const { programs, overrides: left } = applyEdit({ ...WITH_WEB, overrides }, { kind: 'remove', id: 'web' }, LISTED);
    expect(programs).toEqual({});
    expect(left).toEqual({ 'web-api': { enabled: false }, api: { enabled: false } });
  });

  test('keeps the overrides of a program whose id only looks like an instance', () => {
    const known = new Map([['web-1', '/etc/list.txt:4']]);
    const overrides = { 'web-0': { enabled: false }, 'web-1': { enabled: false } };
    const left = { 'web-1': { enabled: false } };
    expect(applyEdit({ ...WITH_WEB, overrides }, { kind: 'remove', id: 'web' }, known).overrides).toEqual(left);
    const added = { kind: 'add', id: 'web', fields: { command: 'node' } } as const;
    expect(applyEdit({ ...EMPTY_REGISTRY, overrides }, added, known).overrides).toEqual(left);
    expect(() => applyEdit(WITH_WEB, { kind: 'remove', id: 'web-1' }, known)).toThrow(
      'cannot remove "web-1": it is defined in /etc/list.txt:4',
    );
  });

  test('explains how to remove one of several instances', () => {
    const scaled = applyEdit(WITH_WEB, { kind: 'update', id: 'web', fields: { instances: 2 } }, LISTED);
    expect(refusalOf({ kind: 'remove', id: 'web-1' }, scaled)).toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringContaining('"healer scale web N"'),
    });
    expect(refusalOf({ kind: 'remove', id: 'web-2' }, scaled)).toMatchObject({ code: 'PROCESS_NOT_FOUND' });
  });

  test('adds instances to those that exist', () => {
    const known = new Map([...LISTED, ['web-0', 'registry'], ['web-1', 'registry']]);
    const scaled = applyEdit(WITH_WEB, { kind: 'update', id: 'web', fields: { instances: 3 } }, known);
    expect(scaled.programs['web']).toMatchObject({ instances: 3 });
    const ofFile = new Map([...LISTED, ['api-0', '/etc/list.txt:3']]);
    expect(applyEdit(scaled, { kind: 'update', id: 'api', fields: { instances: 2 } }, ofFile).overrides).toEqual({
      api: { instances: 2 },
    });
  });

  test('refuses an id that both an instance and a program would have', () => {
    const known = new Map([...LISTED, ['web-1', '/etc/list.txt:4']]);
    const scale: RegistryEdit = { kind: 'update', id: 'web', fields: { instances: 2 } };
    expect(() => applyEdit(WITH_WEB, scale, known)).toThrow(
      'cannot update "web": its instance "web-1" would have the same id as a program defined in /etc/list.txt:4',
    );
    const scaled = applyEdit(WITH_WEB, scale, LISTED);
    expect(() => applyEdit(scaled, { kind: 'add', id: 'web-1', fields: { command: 'x' } }, LISTED)).toThrow(
      'cannot add "web-1": it is the id of an instance of "web", which is defined in the registry',
    );
    const added = applyEdit(scaled, { kind: 'add', id: 'web-2', fields: { command: 'x' } }, LISTED);
    expect(() => applyEdit(added, { ...scale, fields: { instances: 3 } }, LISTED)).toThrow(/"web-2".*in the registry/);
  });

  test.each<[string, RegistryEdit, object]>([
    [
      'adding an existing program',
      { kind: 'add', id: 'web', fields: { command: 'x' } },
      {
        code: 'ALREADY_EXISTS',
        message: 'cannot add "web": it is already defined in the registry — use "healer update web" to change it',
      },
    ],
    [
      'adding a program that a file defines',
      { kind: 'add', id: 'api', fields: { command: 'x' } },
      { code: 'ALREADY_EXISTS', message: expect.stringContaining('/etc/list.txt:3') },
    ],
    [
      'changing an unknown program',
      { kind: 'update', id: 'wbe', fields: {} },
      { code: 'PROCESS_NOT_FOUND', message: expect.stringContaining('did you mean "web"?') },
    ],
    [
      'disabling an unknown program',
      { kind: 'disable', id: 'something' },
      {
        code: 'PROCESS_NOT_FOUND',
        message: 'cannot disable "something": program not found — use "healer add" to define it',
      },
    ],
    [
      'removing a program that a file defines',
      { kind: 'remove', id: 'api' },
      {
        code: 'INVALID_STATE',
        message: expect.stringMatching(/list\.txt:3 — delete it there, or use "healer disable api"/),
      },
    ],
    ['an invalid id', { kind: 'add', id: 'a b', fields: { command: 'x' } }, { code: 'INVALID_CONFIG' }],
    [
      'a program without a command',
      { kind: 'add', id: 'new', fields: {} },
      { code: 'INVALID_CONFIG', message: expect.stringContaining('command') },
    ],
    ['a change of the id', { kind: 'update', id: 'web', fields: { id: 'x' } }, { code: 'INVALID_CONFIG' }],
    ['an unknown setting', { kind: 'setting', key: 'healin', value: 'observe' }, { code: 'INVALID_CONFIG' }],
  ])('refuses %s', (_what, edit, expected) => {
    expect(refusalOf(edit)).toMatchObject(expected);
  });

  test('lists each problem of a definition with its path', () => {
    const fields = { command: 'x', limits: { cpuPercent: -1 }, restart: { policy: 'sometimes' }, comand: 'y' };
    const { data } = refusalOf({ kind: 'add', id: 'new', fields });
    const paths = (data['issues'] as { path: string }[]).map(({ path }) => path);
    expect(paths.sort()).toEqual(['', 'limits.cpuPercent', 'restart.policy']);
  });
});
