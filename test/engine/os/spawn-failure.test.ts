import { expect, test } from 'vitest';
import { spawnFailure } from '../../../src/engine/os/spawn-failure.ts';

const REQUEST = { file: '/opt/app', argv: ['app'], env: [], cwd: '/', stdoutPath: '/o', stderrPath: '/e' };
const GONE = '/no/such/folder';

test.each([
  ['ENOENT', '/', 'the file, or the interpreter named in its first line, does not exist'],
  ['ENOENT', GONE, `the working folder "${GONE}" does not exist`],
  ['EACCES', '/', 'permission denied; check the permissions of the file and of the working folder "/"'],
  ['ENOEXEC', '/', 'the file is neither a binary nor a script with a #! line'],
  ['EAGAIN', '/', 'the limit on processes is reached (ulimit -u)'],
  ['EMFILE', '/', 'the limit on open files is reached (ulimit -n)'],
  ['ENFILE', '/', 'the limit on open files is reached (ulimit -n)'],
  ['ENOMEM', '/', 'not enough memory'],
  ['E2BIG', '/', 'the arguments and environment are too long'],
  ['ETXTBSY', '/', 'ETXTBSY'],
])('%s in %s is explained: %s', (errno, cwd, advice) => {
  const cause = new Error(errno);
  const error = spawnFailure({ ...REQUEST, cwd }, errno, cause);
  expect(error).toMatchObject({ code: 'SPAWN_FAILED', data: { errno, path: '/opt/app' }, cause });
  expect(error.message).toBe(`cannot start "/opt/app": ${advice}`);
});
