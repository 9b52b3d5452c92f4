import { describe, expect, test } from 'vitest';
import { type DisplayVerdict, judgeDisplay, mayLackDisplay, mentionsMissingDisplay } from '../../src/policy/display.ts';
import type { ProcessSpecInput } from '../../src/protocol/process-spec.ts';
import { exit, spec } from '../support/programs.ts';

describe('a missing display', () => {
  test.each([
    "Error: Can't open display: :99",
    '(gedit:71): Gtk-WARNING **: 19:42:13.101: cannot open display: ',
    'Unable to init server: Could not connect: Connection refused; unable to open display',
    'Error: no DISPLAY environment variable specified',
    'qt.qpa.xcb: could not connect to display :0',
    'This application failed to start because no Qt platform plugin could be initialized.',
    '_tkinter.TclError: no display name and no $DISPLAY environment variable',
    '[1:1:ERROR:ozone_platform_x11.cc(239)] Missing X server or $DISPLAY',
    "xterm: Xt error: Can't open display: :99",
    'Failed to connect to Wayland display: No such file or directory',
    'cannot connect to X server :0',
    'X11: The DISPLAY environment variable is missing',
    'java.awt.HeadlessException: No X11 DISPLAY variable was set, but this program performed an operation which requires it.',
    'Unable to initialize SDL: No available video device',
    'X connection to :99 broken (explicit kill or server shutdown).',
    'gedit: Fatal IO error 11 (Resource temporarily unavailable) on X server :99.',
    'Gdk-Message: Error reading events from display: Broken pipe',
    'Lost connection to Wayland compositor.',
    'The X11 connection broke (error 1). Did the X server die?',
  ])('is recognized in "%s"', (line) => {
    expect(mentionsMissingDisplay(['starting', line])).toBe(true);
  });

  test.each([
    'listening on port 8080',
    'could not display the results: table is empty',
    'error: connection refused',
    'opened display :0',
    'TypeError: display is not a function',
  ])('is not recognized in "%s"', (line) => {
    expect(mentionsMissingDisplay([line])).toBe(false);
  });

  test.each<[string, Partial<ProcessSpecInput>, Parameters<typeof exit>[0], boolean]>([
    ['a failure may lack one', {}, {}, true],
    ['a success does not', {}, { code: 0 }, false],
    ['a success may, if the program is always restarted', { restart: { policy: 'always' } }, { code: 0 }, true],
    ['a program that is never restarted does not', { restart: { policy: 'never' } }, {}, false],
    ['a program without a session does not', { session: 'none' }, {}, false],
    ['SIGKILL has another cause', {}, { code: null, signal: 'SIGKILL' }, false],
    ['an abort may', {}, { code: null, signal: 'SIGABRT' }, true],
  ])('%s', (_what, fields, facts, expected) => {
    expect(mayLackDisplay(spec(fields), exit(facts))).toBe(expected);
  });

  const EARLY = 16;
  const LATE = 3_600_000;
  test.each<
    [
      string,
      ProcessSpecInput['session'],
      number,
      isNamed: boolean,
      isReachable: boolean,
      isGraphical: boolean,
      hasOutput: boolean,
      DisplayVerdict,
    ]
  >([
    ['gui, none', 'gui', LATE, false, false, false, true, 'missing'],
    ['a graphical program, a dead one', 'auto', LATE, true, false, true, true, 'missing'],
    ['another program, a dead one', 'auto', LATE, true, false, false, true, 'read-output'],
    ['an early exit, none', 'auto', EARLY, false, false, true, true, 'read-output'],
    ['a late exit, none', 'auto', LATE, false, false, true, true, 'not-missing'],
    ['a graphical program, a live one', 'auto', EARLY, true, true, true, true, 'read-output-and-wait'],
    ['another program, a live one', 'auto', EARLY, true, true, false, true, 'not-missing'],
    ['a graphical program that is not captured, a dead one', 'auto', LATE, true, false, true, false, 'missing'],
    ['a graphical program that is not captured, a live one', 'auto', LATE, true, true, true, false, 'wait'],
    ['another program that is not captured, a dead one', 'auto', EARLY, true, false, false, false, 'not-missing'],
    ['a program that is not captured, none', 'gui', LATE, false, true, true, false, 'not-missing'],
  ])('%s', (_what, session, uptimeMs, isNamed, isReachable, isGraphical, hasOutput, expected) => {
    const view = { isNamed, isReachable, hasOutput, reason: '' };
    expect(judgeDisplay(spec({ session }), exit({ uptimeMs }), view, () => isGraphical)).toBe(expected);
  });

  test.each(['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGSYS'] as const)(
    'does not delay the restart after %s, unless the program needs a display',
    (signal) => {
      const facts = exit({ code: null, signal, uptimeMs: EARLY });
      const view = { isNamed: false, isReachable: false, hasOutput: true, reason: '' };
      expect(judgeDisplay(spec({}), facts, view, () => true)).toBe('not-missing');
      expect(judgeDisplay(spec({ session: 'gui' }), facts, view, () => true)).toBe('missing');
      expect(judgeDisplay(spec({}), facts, { ...view, isNamed: true }, () => true)).toBe('missing');
    },
  );
});
