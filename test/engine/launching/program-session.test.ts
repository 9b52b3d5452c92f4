import { describe, expect, test } from 'vitest';
import { type FindSession, type ProgramSession, sessionOf } from '../../../src/engine/launching/program-session.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { spec } from '../../support/programs.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const OWN = process.geteuid?.() ?? 0;
const DESKTOP = { DISPLAY: ':7', XAUTHORITY: '/a' };
const ALL: ProgramSession['dropped'] = [
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XAUTHORITY',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
];

describe('what a program gets of a desktop session', () => {
  function decide(
    fields: Partial<ProcessSpecInput>,
    env: Readonly<Record<string, string>>,
    findSession: FindSession = () => DESKTOP,
    uid: number | null = null,
  ): ProgramSession {
    const credentials = uid === null ? null : { uid, gid: uid, entry: null };
    return sessionOf(spec(fields), credentials, { env, findSession });
  }

  test.each<[string, Partial<ProcessSpecInput>, Readonly<Record<string, string>>, ProgramSession]>([
    ['auto takes one', {}, {}, { found: DESKTOP, dropped: ALL }],
    ['auto leaves the engine’s own', {}, { DISPLAY: ':9' }, { found: null, dropped: [] }],
    ['auto gives none to a bare environment', { inheritEnv: false }, {}, { found: null, dropped: [] }],
    ['a display of its own is left alone', { env: { DISPLAY: ':5' } }, {}, { found: null, dropped: [] }],
    [
      'gui gives one to a bare environment',
      { session: 'gui', inheritEnv: false },
      {},
      { found: DESKTOP, dropped: ALL },
    ],
    ['gui replaces a display that is gone', { session: 'gui' }, { DISPLAY: ':987' }, { found: DESKTOP, dropped: ALL }],
    ['gui trusts a display of another machine', { session: 'gui' }, { DISPLAY: 'far:0' }, { found: null, dropped: [] }],
    ['none takes the engine’s own away', { session: 'none' }, { DISPLAY: ':9' }, { found: null, dropped: ALL }],
  ])('%s', (_what, fields, env, expected) => {
    expect(decide(fields, env)).toEqual(expected);
  });

  test('auto goes without where there is none', () => {
    expect(decide({}, {}, () => null)).toEqual({ found: null, dropped: [] });
  });

  test('gui is refused where there is none, with what to do', () => {
    const error = thrownBy(() => decide({ session: 'gui' }, {}, () => null));
    expect(error.code).toBe('SPAWN_FAILED');
    expect(error.message).toContain('log in');
  });

  test('another user gets nothing of the engine’s session, but the one of that user', () => {
    const asked: number[] = [];
    const find: FindSession = (uid) => {
      asked.push(uid);
      return null;
    };
    expect(decide({}, { DISPLAY: ':9' }, find, OWN + 4711)).toEqual({ found: null, dropped: ALL });
    expect(asked).toEqual([OWN + 4711]);
  });
});
