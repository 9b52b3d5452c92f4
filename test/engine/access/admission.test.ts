import { describe, expect, test } from 'vitest';
import { remoteSettingsOf } from '../../../src/config/registry/remote-endpoints.ts';
import { admitChanges, admitDefinition, type Admission } from '../../../src/engine/access/admission.ts';
import type { Caller } from '../../../src/policy/remote-access/caller.ts';
import type { ExecutableFacts } from '../../../src/policy/remote-access/executables.ts';
import type { DefinitionChanges } from '../../../src/protocol/definition.ts';
import { spec } from '../../support/programs.ts';
import { thrownBy } from '../../support/thrown-by.ts';

/** Every word is a file in /usr/bin, and "link" is a symbolic link to "app". */
function find(word: string): ExecutableFacts | null {
  if (word === 'missing') return null;
  const path = word.startsWith('/') ? word : `/usr/bin/${word}`;
  const realPath = path.replace(/link$/, 'app');
  return { path, realPath, replaceableBy: null, runBy: [], copyOf: () => null };
}

function admission(stored: Readonly<Record<string, unknown>> = {}): Admission {
  const whitelist = { 'executable-whitelist': { patterns: ['/usr/bin/app', '/usr/bin/link'] } };
  const settings = remoteSettingsOf({ ...whitelist, ...stored }, 'default', {});
  return { settings: () => settings, findExecutable: find, withoutLinks: (pattern) => pattern };
}

describe('a definition from a remote caller', () => {
  test('is registered with the path that was checked instead of a link', () => {
    const admitted = admitDefinition({ id: 'a', command: 'link' }, 'trusted', admission());
    expect(admitted).toEqual({ id: 'a', command: '/usr/bin/app' });
  });

  test.each([
    ['is not on the whitelist', 'other'],
    ['does not exist', 'missing'],
  ])('is refused if its command %s', (_what, command) => {
    const error = thrownBy(() => admitDefinition({ id: 'a', command }, 'trusted', admission()));
    expect(error).toMatchObject({ code: 'NOT_ALLOWED_EXECUTABLE', data: { id: 'a' } });
    expect(error.message).toMatch(/^"a" cannot be registered remotely: /);
  });

  test('is refused if it has the engine create the file of a socket, also as a change', () => {
    const sockets = [{ listen: '127.0.0.1:8080' }, { listen: '/etc/nologin', mode: '666' }];
    const add = (): unknown => admitDefinition({ id: 'a', command: 'app', sockets }, 'trusted', admission());
    const current = spec({ id: 'a', command: '/usr/bin/app' });
    const change = (): unknown => admitChanges(current, { sockets }, 'trusted', admission());
    const message = /"a" cannot be registered remotely: the socket "\/etc\/nologin" cannot be set remotely/;
    for (const refused of [add, change]) expect(thrownBy(refused).message).toMatch(message);
    expect(admitChanges(current, { sockets: [{ listen: 8080 }] }, 'trusted', admission())).toEqual({
      sockets: [{ listen: 8080 }],
    });
  });

  test('is refused if its command is on both lists', () => {
    const both = admission({ 'executable-blacklist': { patterns: ['/usr/bin/app'] } });
    expect(thrownBy(() => admitDefinition({ id: 'a', command: 'app' }, 'trusted', both)).code).toBe(
      'NOT_ALLOWED_EXECUTABLE',
    );
  });

  test('is refused if its health check runs a command that is not on the whitelist', () => {
    const health = { check: { type: 'exec' as const, command: 'other' } };
    expect(thrownBy(() => admitDefinition({ id: 'a', command: 'app', health }, 'trusted', admission())).code).toBe(
      'NOT_ALLOWED_EXECUTABLE',
    );
  });

  test.each([
    ['stop command', { stop: { command: 'other --now' } }],
    ['hook', { hooks: { crashed: ['other'] } }],
    ['hook before its start', { hooks: { before: { command: 'other' } } }],
  ])('is refused if its %s is not on the whitelist', (_what, fields) => {
    const refuse = (): unknown => admitDefinition({ id: 'a', command: 'app', ...fields }, 'trusted', admission());
    expect(thrownBy(refuse)).toMatchObject({ code: 'NOT_ALLOWED_EXECUTABLE' });
  });

  test('has the commands that healer runs for it replaced by the paths that were checked', () => {
    const fields = { stop: { command: 'link --quit' }, hooks: { crashed: ['link', 'now'] } };
    expect(admitDefinition({ id: 'a', command: 'app', ...fields }, 'trusted', admission())).toMatchObject({
      stop: { command: { command: '/usr/bin/app', args: ['--quit'] } },
      hooks: { crashed: { command: '/usr/bin/app', args: ['now'] } },
    });
  });

  test('is refused if its health check reads a file of this machine', () => {
    const health = { check: { type: 'http' as const, url: 'https://127.0.0.1/', ca: '/etc/shadow' } };
    expect(
      thrownBy(() => admitDefinition({ id: 'a', command: 'app', health }, 'trusted', admission())).message,
    ).toContain('"ca" cannot be set remotely');
  });

  test('is refused if its stop sequence keeps a shutdown waiting', () => {
    const stop = { sequence: [['SIGINT', '6m'] as [string, string], ['SIGTERM', '6m'] as [string, string]] };
    expect(
      thrownBy(() => admitDefinition({ id: 'a', command: 'app', stop }, 'trusted', admission())).message,
    ).toContain('at most 10 min');
  });

  test.each<[Caller, boolean | undefined, string | null]>([
    ['trusted', true, null],
    ['trusted', undefined, null],
    ['guest', false, null],
    ['guest', true, 'FORBIDDEN'],
    ['guest', undefined, 'FORBIDDEN'],
  ])('from a %s caller with autostart %s while allowAutostart is off: %s', (caller, autostart, code) => {
    const off = admission({ 'remote-access': { allowAutostart: false } });
    const definition = { id: 'a', command: 'app', ...(autostart === undefined ? {} : { autostart }) };
    if (code === null) expect(admitDefinition(definition, caller, off)).toMatchObject({ command: '/usr/bin/app' });
    else expect(thrownBy(() => admitDefinition(definition, caller, off)).code).toBe(code);
  });
});

describe('changes from a remote caller', () => {
  /** Not on the whitelist, so that every change that is checked is refused. */
  const CURRENT = spec({ id: 'a', command: 'other' });

  test.each<[DefinitionChanges]>([
    [{ name: 'A' }],
    [{ limits: { memoryMb: 9 } }],
    [{ restart: { policy: 'never' } }],
    [{ stop: { gracefulTimeoutMs: 9 } }],
    [{ enabled: false }],
    [{ instances: 2 }],
    [{ nice: 5, umask: '022' }],
    [{ dependsOn: ['b'] }],
  ])('%j is admitted without a check of what is executed', (changes) => {
    expect(admitChanges(CURRENT, changes, 'guest', admission())).toEqual(changes);
  });

  test.each<[DefinitionChanges]>([
    [{ command: 'other' }],
    [{ args: ['x'] }],
    [{ env: { PATH: '/tmp' } }],
    [{ cwd: '/tmp' }],
    [{ shell: true }],
    [{ user: 'root' }],
    [{ health: { check: { type: 'exec', command: 'other' } } }],
    [{ name: 'A', args: ['x'] }],
  ])('%j is checked like a definition', (changes) => {
    expect(thrownBy(() => admitChanges(CURRENT, changes, 'trusted', admission())).code).toBe('NOT_ALLOWED_EXECUTABLE');
  });

  test('a new command is replaced by the path that was checked', () => {
    expect(admitChanges(CURRENT, { command: 'link' }, 'guest', admission())).toEqual({ command: '/usr/bin/app' });
  });

  test('a change that results in an invalid program is refused', () => {
    const changes = { restart: { policy: 'sometimes' } } as unknown as DefinitionChanges;
    const error = thrownBy(() => admitChanges(CURRENT, { ...changes, args: [] }, 'trusted', admission()));
    expect(error.code).toBe('INVALID_CONFIG');
    expect(error.message).toMatch(/^cannot apply this change to "a": /);
  });
});
