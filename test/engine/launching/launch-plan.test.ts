import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  isCurrent,
  type LaunchPlan,
  type LaunchSurroundings,
  planLaunch,
} from '../../../src/engine/launching/launch-plan.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { spec } from '../../support/programs.ts';
import { thrownBy } from '../../support/thrown-by.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'healer-plan-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const ENGINE_ENV = { PATH: '/usr/bin:/bin', LANG: 'C' };

function surroundings(changes: Partial<LaunchSurroundings> = {}): LaunchSurroundings {
  return { env: ENGINE_ENV, cwd: folder, binaries: {}, findSession: () => null, ...changes };
}

function plan(fields: Partial<ProcessSpecInput>, changes: Partial<LaunchSurroundings> = {}): LaunchPlan {
  return planLaunch(spec({ id: 'web', command: 'env', ...fields }), surroundings(changes));
}

function envOf(fields: Partial<ProcessSpecInput>, changes: Partial<LaunchSurroundings> = {}): Record<string, string> {
  const pairs = plan(fields, changes).env.map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]);
  return Object.fromEntries(pairs);
}

function tool(name: string): string {
  const file = join(folder, name);
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, 0o755);
  return file;
}

describe('the command line of a program', () => {
  test('is the resolved executable with the command as argv[0]', () => {
    const { file, argv } = plan({ args: ['-0', 'a b'] });
    expect(file).toMatch(/^(\/usr)?\/bin\/env$/);
    expect(argv).toEqual(['env', '-0', 'a b']);
  });

  test('is resolved in the working folder of the program if it contains a slash', () => {
    const file = tool('tool');
    expect(plan({ command: './tool', cwd: folder })).toMatchObject({ file, argv: ['./tool'], cwd: folder });
  });

  test('prefers a configured binary to PATH', () => {
    const file = tool('other');
    expect(plan({}, { binaries: { env: file } }).file).toBe(file);
  });

  test('uses the PATH of the program', () => {
    const file = tool('only-here');
    expect(plan({ command: 'only-here', env: { PATH: folder } }).file).toBe(file);
  });

  test.each<[string, Partial<ProcessSpecInput>, readonly string[]]>([
    ['a command', { command: 'echo $HOME | cat' }, ['sh', '-c', 'echo $HOME | cat', 'sh']],
    [
      'a command with arguments',
      { command: 'echo', args: ['a b', '$x'] },
      ['sh', '-c', 'echo "$@"', 'sh', 'a b', '$x'],
    ],
  ])('runs %s in a shell if configured', (_what, fields, argv) => {
    expect(plan({ ...fields, shell: true })).toMatchObject({ file: '/bin/sh', argv });
  });

  test('of a missing executable is an error', () => {
    expect(thrownBy(() => plan({ command: 'no-such-command' }))).toMatchObject({
      code: 'SPAWN_FAILED',
      message: expect.stringContaining('cannot find the executable "no-such-command"'),
    });
  });
});

describe('the environment of a program', () => {
  test.each<[string, Partial<ProcessSpecInput>, Readonly<Record<string, string>>, Readonly<Record<string, string>>]>([
    ['is inherited with the id added', {}, {}, { ...ENGINE_ENV, HEALER_ID: 'web' }],
    ['is empty except for the id without inheritance', { inheritEnv: false }, {}, { HEALER_ID: 'web' }],
    [
      'has the values of the spec',
      { env: { LANG: 'de', A: '' } },
      {},
      { ...ENGINE_ENV, LANG: 'de', A: '', HEALER_ID: 'web' },
    ],
    ['never has another id', { env: { HEALER_ID: 'other' } }, {}, { ...ENGINE_ENV, HEALER_ID: 'web' }],
    [
      'does not inherit secrets and the mark of the engine',
      {},
      { HEALER_SMTP_PASSWORD: 'x', HEALER_WEBHOOK_SECRET: 'x', HEALER_MARK: 'x', HEALER_HOME: '/h' },
      { ...ENGINE_ENV, HEALER_HOME: '/h', HEALER_ID: 'web' },
    ],
  ])('%s', (_what, fields, engine, expected) => {
    expect(envOf(fields, { env: { ...ENGINE_ENV, ...engine } })).toEqual(expected);
  });

  test('is merged from engine, session, env files and spec, in this order', () => {
    const engine = { PATH: '/usr/bin:/bin', A: 'engine', B: 'engine', C: 'engine' };
    writeFileSync(join(folder, '.env'), 'B=file\nC=file\nD=${A}+${DISPLAY}\nDISPLAY=:2');
    const fields = { envFile: ['.env'], env: { C: 'spec' } };
    expect(envOf(fields, { env: engine, findSession: () => ({ DISPLAY: ':1' }) })).toEqual({
      PATH: '/usr/bin:/bin',
      A: 'engine',
      B: 'file',
      C: 'spec',
      D: 'engine+:1',
      DISPLAY: ':2',
      HEALER_ID: 'web',
    });
  });

  test('has the home folder and the name of a configured user', () => {
    const { username, homedir } = userInfo();
    expect(envOf({ user: username, inheritEnv: false, command: '/bin/sh' })).toMatchObject({
      HOME: homedir,
      USER: username,
      LOGNAME: username,
    });
  });
});

describe('a plan is reused', () => {
  const SESSION = { DISPLAY: ':1' };

  test.each<[string, Partial<ProcessSpecInput>, Partial<LaunchSurroundings>, boolean]>([
    ['if nothing has changed', {}, {}, true],
    ['not if it reads env files, which may have changed', { envFile: ['?.env'] }, {}, false],
    ['not with other binaries', {}, { binaries: { env: '/bin/env' } }, false],
    ['not with another desktop session', {}, { findSession: () => SESSION }, false],
    ['with another desktop session if it uses none', { session: 'none' }, { findSession: () => SESSION }, true],
  ])('%s', (_what, fields, changes, expected) => {
    const before = surroundings();
    const made = planLaunch(spec({ id: 'web', command: 'env', ...fields }), before);
    expect(isCurrent(made, { ...before, ...changes })).toBe(expected);
  });
});
