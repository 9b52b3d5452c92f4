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

describe('the desktop session of a program', () => {
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
    ['auto adds one', {}, {}, { found: DESKTOP, dropped: ALL }],
    ['auto keeps the display of the engine', {}, { DISPLAY: ':9' }, { found: null, dropped: [] }],
    ['auto adds none without an inherited environment', { inheritEnv: false }, {}, { found: null, dropped: [] }],
    ['a display in the env of the program is kept', { env: { DISPLAY: ':5' } }, {}, { found: null, dropped: [] }],
    [
      'gui adds one without an inherited environment',
      { session: 'gui', inheritEnv: false },
      {},
      { found: DESKTOP, dropped: ALL },
    ],
    [
      'gui replaces a display that no longer exists',
      { session: 'gui' },
      { DISPLAY: ':987' },
      { found: DESKTOP, dropped: ALL },
    ],
    [
      'gui accepts a display on another machine',
      { session: 'gui' },
      { DISPLAY: 'far:0' },
      { found: null, dropped: [] },
    ],
    ['none removes the display of the engine', { session: 'none' }, { DISPLAY: ':9' }, { found: null, dropped: ALL }],
  ])('%s', (_what, fields, env, expected) => {
    expect(decide(fields, env)).toEqual(expected);
  });

  test('auto starts the program without a session if there is none', () => {
    expect(decide({}, {}, () => null)).toEqual({ found: null, dropped: [] });
  });

  test('gui is an error with a remedy if there is none', () => {
    const error = thrownBy(() => decide({ session: 'gui' }, {}, () => null));
    expect(error.code).toBe('SPAWN_FAILED');
    expect(error.message).toContain('logging in');
  });

  test('a program of another user receives the session of that user, not the one of the engine', () => {
    const asked: number[] = [];
    const find: FindSession = (uid) => {
      asked.push(uid);
      return null;
    };
    expect(decide({}, { DISPLAY: ':9' }, find, OWN + 4711)).toEqual({ found: null, dropped: ALL });
    expect(asked).toEqual([OWN + 4711]);
  });
});
