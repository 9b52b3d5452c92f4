import { describe, expect, test } from 'vitest';
import { redirectionProblem, surroundingsProblem } from '../../../src/policy/remote-access/surroundings.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';

type Check = NonNullable<ProcessSpecInput['health']>['check'];

const USER = '"user" and "group" cannot be set remotely';
const CWD = '"cwd" must be an absolute path without ".."';
const NUL = 'a NUL character hides the rest of a text';

function http(url: string, headers: Record<string, string> = {}): Check {
  return { type: 'http', url, headers };
}

describe('a definition from a remote caller', () => {
  test.each<[string, Partial<ProcessSpecInput>, string | null]>([
    ['with only a command is accepted', {}, null],
    ['may not set its user', { user: 'root' }, USER],
    ['may not set its group', { group: 'root' }, USER],
    ['may leave user and group unset', { user: null, group: null }, null],
    [
      'may not read files into its environment',
      { envFile: ['/etc/app.env'] },
      '"envFile" cannot be set remotely: it reads files on this machine',
    ],
    ['may have no environment files', { envFile: [] }, null],
    ['may have the usual dialect', { envFileDialect: 'dotenv' }, null],
    [
      'may have no other dialect',
      { envFileDialect: 'docker' },
      '"envFileDialect" cannot be set remotely: it applies to "envFile"',
    ],
    ['may not adopt', { adopt: 'by-name' }, '"adopt" cannot be set remotely: it adopts processes that others started'],
    ['may say that it does not adopt', { adopt: 'off' }, null],
    ['may have an absolute folder', { cwd: '/srv/app' }, null],
    ['may have the root folder', { cwd: '/' }, null],
    ['may have a folder with dots in its name', { cwd: '/srv/a..b' }, null],
    ['may not have a relative folder', { cwd: 'srv' }, CWD],
    ['may not have an empty folder', { cwd: '' }, CWD],
    ['may not leave its folder', { cwd: '/srv/../etc' }, CWD],
    ['may not leave its folder at the end', { cwd: '/srv/..' }, CWD],
    ['may not have a folder with a NUL', { cwd: '/srv\0/app' }, CWD],
    [
      'may not write core files',
      { rlimits: { core: 0 } },
      'the limit "core" cannot be set remotely: it causes files to be written',
    ],
    ['may limit its files', { rlimits: { nofile: 1024 } }, null],
    ['may set a harmless variable', { env: { PORT: '80' } }, null],
    [
      'may not set a variable of the loader',
      { env: { LD_PRELOAD: '/x.so' } },
      'the variable "LD_PRELOAD" cannot be set remotely: it can make a program run other code',
    ],
    [
      'may not set one among harmless ones',
      { env: { PORT: '80', NODE_OPTIONS: '-r x' } },
      'the variable "NODE_OPTIONS" cannot be set remotely: it can make a program run other code',
    ],
    ['may not have a NUL in its command', { command: '/opt/a\0b' }, NUL],
    ['may not have a NUL in an argument', { args: ['a', 'b\0c'] }, NUL],
    ['may not have a NUL in a variable', { env: { PORT: '80\0' } }, NUL],
    ['may not have a NUL in the command of a check', { health: { check: { type: 'exec', command: '/opt/c\0' } } }, NUL],
    [
      'may not have a NUL in an argument of a check',
      { health: { check: { type: 'exec', command: '/opt/c', args: ['\0'] } } },
      NUL,
    ],
  ])('%s', (_what, fields, problem) => {
    expect(surroundingsProblem({ id: 'x', command: '/opt/app/server', ...fields })).toBe(problem);
  });

  test.each<[Check, string | null]>([
    [http('http://127.0.0.1:80/'), null],
    [http('http://localhost/health'), null],
    [http('https://LOCALHOST'), 'LOCALHOST'],
    [http('http://[::1]:80/'), null],
    [http('http://user:pw@127.0.0.1/'), null],
    [http('http://127.0.0.1?x'), null],
    [http('http://192.0.2.1/'), '192.0.2.1'],
    [http('http://127.0.0.1@evil.example/'), 'evil.example'],
    [http('http://127.0.0.1.evil.example/'), '127.0.0.1.evil.example'],
    [http('http://127.0.0.1%2eevil.example'), '127.0.0.1%2eevil.example'],
    [http('http://[2001:db8::1]/'), '2001:db8::1'],
    [http('http:/127.0.0.1'), ''],
    [http('http://'), ''],
    [{ type: 'tcp', port: 80 }, null],
    [{ type: 'tcp', host: '127.0.0.1', port: 80 }, null],
    [{ type: 'tcp', host: '::1', port: 80 }, null],
    [{ type: 'tcp', host: '192.0.2.1', port: 80 }, '192.0.2.1'],
    [{ type: 'tcp', host: 'db.example', port: 80 }, 'db.example'],
    [{ type: 'exec', command: '/opt/app/check' }, null],
  ])('with the check %j may not reach %j', (check, host) => {
    const problem = surroundingsProblem({ id: 'x', command: '/opt/app/server', health: { check } });
    expect(problem).toBe(
      host === null ? null : `a health check that is set remotely may only check this machine, not "${host}"`,
    );
  });
});

describe('a change of a health check', () => {
  const SECRET = { Authorization: 'Bearer s3cret' };
  const HERE = 'http://127.0.0.1:80/';
  const THERE = 'http://127.0.0.1:81/';
  const refusal = (name: string): string => `the health check would send the header "${name}" to another address`;

  test.each<[string, Check | undefined, Check | undefined, string | null]>([
    ['keeps its address and headers', http(HERE, SECRET), http(HERE, SECRET), null],
    ['changes its address without headers', http(HERE), http(THERE), null],
    ['changes its address with a header', http(HERE, SECRET), http(THERE, SECRET), refusal('Authorization')],
    ['changes its path with a header', http(HERE, SECRET), http(`${HERE}x`, SECRET), refusal('Authorization')],
    ['changes its address and drops the header', http(HERE, SECRET), http(THERE), null],
    [
      'changes its address with a header of its own',
      http(HERE, SECRET),
      http(THERE, { Authorization: 'Bearer mine' }),
      null,
    ],
    ['keeps one of two headers', http(HERE, { A: '1', B: '2' }), http(THERE, { A: '9', B: '2' }), refusal('B')],
    ['is new', undefined, http(THERE, SECRET), null],
    ['is removed', http(HERE, SECRET), undefined, null],
    ['becomes another kind of check', http(HERE, SECRET), { type: 'tcp', port: 80 }, null],
  ])('that %s', (_what, current, changed, problem) => {
    expect(redirectionProblem(current, changed)).toBe(problem);
  });
});
