import { expect, test } from 'vitest';
import { callerOfVariable, withoutCallerVariables } from '../../src/base/caller-variables.ts';

const ENV = {
  NOTIFY_SOCKET: 's',
  SUDO_UID: '0',
  SSH_TTY: 't',
  SSH_AUTH_SOCK: 'a',
  XDG_SESSION_ID: '1',
  XDG_CONFIG_HOME: '/root/.config',
  HOME: '/root',
  CI: '1',
  GITHUB_TOKEN: 'own',
  PATH: '/bin',
};

test.each([
  ['for the same user', { userChanges: false }, ['SSH_AUTH_SOCK', 'XDG_CONFIG_HOME', 'HOME', 'GITHUB_TOKEN', 'PATH']],
  ['for another user', { userChanges: true }, ['GITHUB_TOKEN', 'PATH']],
  [
    'for a process that takes the place of this one',
    { userChanges: false, keepsServiceManager: true },
    ['NOTIFY_SOCKET', 'SSH_AUTH_SOCK', 'XDG_CONFIG_HOME', 'HOME', 'GITHUB_TOKEN', 'PATH'],
  ],
])('variables of the caller are dropped %s', (_for, change, kept) => {
  expect(Object.keys(withoutCallerVariables(ENV, change))).toEqual(kept);
});

test.each([
  ['SYSTEMD_EXEC_PID', 'service manager'],
  ['RUNTIME_DIRECTORY', 'service manager'],
  ['SSH_CONNECTION', 'ssh'],
  ['RUNNER_TRACKING_ID', 'ci'],
  ['GITHUB_SHA', 'ci'],
  ['TERM_PROGRAM', 'terminal'],
  ['KITTY_WINDOW_ID', 'terminal'],
  ['npm_lifecycle_event', 'npm'],
  ['INIT_CWD', 'npm'],
  ['NPM_CONFIG_REGISTRY', null],
  ['TERM', null],
  ['CIRCUS', null],
  ['MY_CI', null],
  ['GITHUB_TOKEN', null],
])('%s is set by: %s', (name, caller) => {
  expect(callerOfVariable(name)).toBe(caller);
});
