import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { spawnFailure } from '../../../src/engine/os/spawn-failure.ts';

const REQUEST = { file: '/opt/app', cwd: '/' };
const GONE = '/no/such/folder';

test.each([
  ['ENOENT', '/', 'the file does not exist'],
  ['ENOENT', GONE, `the working folder "${GONE}" does not exist`],
  ['EACCES', '/', 'permission denied; check the permissions of the file and of the working folder "/"'],
  ['EAGAIN', '/', 'the limit on processes is reached (ulimit -u)'],
  ['EMFILE', '/', 'the limit on open files is reached (ulimit -n)'],
  ['ENFILE', '/', 'the limit on open files of the whole system is reached (fs.file-max)'],
  ['ENOMEM', '/', 'not enough memory'],
  ['E2BIG', '/', 'the arguments and environment are too long'],
  ['ETXTBSY', '/', 'the file is being written'],
  ['ENOSPC', '/', 'no space is left on the disk'],
  ['ENOTDIR', '/', 'a part of its path is not a folder'],
  ['EROFS', '/', 'the file system is read-only'],
  ['ECONNRESET', '/', 'connection reset by peer (ECONNRESET)'],
  ['EUNHEARDOF', '/', 'EUNHEARDOF'],
])('%s in %s is explained: %s', (errno, cwd, advice) => {
  const cause = new Error(errno);
  const error = spawnFailure({ ...REQUEST, cwd }, errno, cause);
  expect(error).toMatchObject({ code: 'SPAWN_FAILED', data: { errno, path: '/opt/app' }, cause });
  expect(error.message).toBe(`cannot start "/opt/app": ${advice}`);
});

describe('a file that cannot be executed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'healer-format-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const explained = (errno: string, content: string): string => {
    const file = join(folder, 'app');
    writeFileSync(file, Buffer.from(content, 'latin1'));
    chmodSync(file, 0o755);
    return spawnFailure({ file, cwd: '/' }, errno, null).message;
  };

  test.each([
    ['a carriage return', 'ENOENT', '#!/bin/sh\r\necho hi\r\n', 'the interpreter "/bin/sh\\r"'],
    ['a missing interpreter', 'ENOENT', '#!/opt/ruby2 -w\nputs 1\n', '"/opt/ruby2", does not exist'],
    ['a missing interpreter after a space', 'ENOENT', '#! /opt/ruby2\n', '"/opt/ruby2", does not exist'],
    ['a missing loader', 'ENOENT', `\x7fELF${'\0'.repeat(60)}/lib/ld-musl-x86_64.so.1\0`, '"/lib/ld-musl-x86_64.so.1"'],
    ['no content', 'ENOEXEC', '', 'the file is empty'],
    ['a byte order mark', 'ENOEXEC', '\xef\xbb\xbf#!/bin/sh\n', 'byte order mark (BOM)'],
    ['UTF-16 text', 'ENOEXEC', '\xff\xfe#\0!\0', 'UTF-16'],
    ['a #! line without an interpreter', 'ENOEXEC', '#!\necho hi\n', '"#!" without an interpreter'],
    ['only #!', 'EACCES', '#!', '"#!" without an interpreter'],
    ['an interpreter that is a folder', 'EACCES', '#!/tmp\n', '"/tmp", is a folder'],
    ['an interpreter that is not executable', 'EACCES', '#!/etc/passwd\n', '"/etc/passwd", is not executable'],
    ['text', 'ENOEXEC', 'echo hi\n', 'it starts with "echo hi\\n"'],
    ['a binary for another processor', 'ENOEXEC', `\x7fELF${'\x01'.repeat(14)}\x28\0`, 'ARM (32 bits)'],
    ['half a binary', 'ENOEXEC', '\x7fELF\x02\x01', 'truncated ELF binary'],
    ['a Windows program', 'ENOEXEC', 'MZ\x90\0', 'a Windows program'],
    ['a program for macOS', 'ENOEXEC', '\xcf\xfa\xed\xfe', 'macOS'],
  ])('because of %s is explained by %s', (_what, errno, content, words) => {
    expect(explained(errno, content)).toContain(words);
  });
});
