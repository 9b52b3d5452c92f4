import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readEnvFiles } from '../../../src/engine/launching/env-file.ts';
import { toHealerError } from '../../../src/protocol/errors.ts';

function dotenv(...envFile: readonly string[]) {
  return { envFile: [...envFile], envFileDialect: 'dotenv' as const };
}

describe('env files', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'healer-env-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function read(text: string, known: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
    writeFileSync(join(folder, '.env'), text);
    return readEnvFiles(dotenv('.env'), folder, known);
  }

  test.each<[string, string, Readonly<Record<string, string>>]>([
    ['plain lines, comments and exports', '# c\nA=1\n\nexport B=two words # c\n', { A: '1', B: 'two words' }],
    ['quotes and line breaks in them', 'A="x\\ny"\nB=\' z \'\nC=""', { A: 'x\ny', B: ' z ', C: '' }],
    ['references to earlier variables', 'A=1\nB=${A}2\nC=$B-3', { A: '1', B: '12', C: '12-3' }],
    ['references to the environment', 'PATH=/opt/bin:${PATH}', { PATH: '/opt/bin:/usr/bin' }],
    ['defaults', 'A=${NONE:-x}\nB=${EMPTY:-y}\nC=${EMPTY-z}\nD=${NONE}', { A: 'x', B: 'y', C: '', D: '' }],
    ['dollar signs in single quotes', "A='pa$$word${PATH}'", { A: 'pa$$word${PATH}' }],
    ['dollar signs after a backslash', 'A=\\$PATH\nB="\\${PATH}"', { A: '$PATH', B: '${PATH}' }],
    ['values with dollar signs, which are expanded only once', 'A=${TRICKY}', { A: '${PATH}$&' }],
    [
      'hashes in values, which begin a comment only after a blank',
      'A=a#b\nB=1 # c\nC=#x\nD: p#w d#e # f\nE="q#" # g\n',
      { A: 'a#b', B: '1', C: '', D: 'p#w d#e', E: 'q#' },
    ],
    ['Windows line breaks', 'A=1\r\nB=2\r\n', { A: '1', B: '2' }],
  ])('support %s', (_what, text, expected) => {
    expect(read(text, { PATH: '/usr/bin', EMPTY: '', TRICKY: '${PATH}$&' })).toEqual(expected);
  });

  test('override each other in their order', () => {
    writeFileSync(join(folder, 'one'), 'A=1\nB=1');
    writeFileSync(join(folder, 'two'), 'B=${A}${B}');
    expect(readEnvFiles(dotenv('one', join(folder, 'two')), folder, {})).toEqual({ A: '1', B: '11' });
  });

  test('that are missing are an error with a remedy, unless they are optional', () => {
    expect(readEnvFiles(dotenv('?missing'), folder, {})).toEqual({});
    const error = refusal(['missing']);
    expect(error).toMatchObject({ code: 'SPAWN_FAILED', data: { errno: 'ENOENT', path: join(folder, 'missing') } });
    expect(error.message).toContain('add the prefix ?');
  });

  test('that cannot be read are an error, even if they are optional', () => {
    expect(refusal([`?${folder}`])).toMatchObject({ code: 'SPAWN_FAILED', data: { errno: 'EISDIR' } });
  });

  test.each([
    ['a FIFO', 'fifo', 'is not a regular file'],
    ['a device that never ends', '/dev/zero', 'is not a regular file'],
    ['a file of a terabyte', 'large', 'has more than 1 MB'],
    ['a file with the name that the parser loses', 'proto', '"__proto__" cannot be used as a name'],
  ])('that are %s are an error and do not block the engine', (_what, file, why) => {
    execFileSync('mkfifo', [join(folder, 'fifo')]);
    writeFileSync(join(folder, 'large'), '');
    truncateSync(join(folder, 'large'), 2 ** 40);
    writeFileSync(join(folder, 'proto'), 'A=1\nexport __proto__=evil\n');
    const error = refusal([file]);
    expect(error).toMatchObject({ code: 'SPAWN_FAILED', message: expect.stringContaining(why) });
  });

  test.each<[string, string | null, string | null, string | null, string | null]>([
    // text, and the value of A as dotenv, docker, foreman and systemd read it
    ['A=two words', 'two words', 'two words', 'two words', 'two words'],
    ['A="x"', 'x', '"x"', 'x', 'x'],
    ["A='x'", 'x', "'x'", 'x', 'x'],
    ['A="x\\ny"', 'x\ny', '"x\\ny"', 'x\ny', 'x\\ny'],
    ['A="x\\"y"', 'x\\"y', '"x\\"y"', 'x"y', 'x"y'],
    ['A="x"y', '"x"y', '"x"y', '"x"y', 'xy'],
    ['A="x\nB=y"', 'x\nB=y', '"x', '"x', 'x\nB=y'],
    ['A=x\\\nB=y', 'x\\', 'x\\', 'x\\', 'xB=y'],
    ['A= x ', 'x', ' x ', ' x ', 'x'],
    ['A=x # y', 'x', 'x # y', 'x # y', 'x # y'],
    ['A=x#y', 'x#y', 'x#y', 'x#y', 'x#y'],
    ['# A=y', null, null, null, null],
    ['A=$B', 'of the engine', '$B', '$B', '$B'],
    ['A=${B}', 'of the engine', '${B}', '${B}', '${B}'],
    ['export A=x', 'x', 'refused', null, null],
    ['A', null, 'inherited', null, null],
  ])('in every dialect: %j', (text, ...expected) => {
    writeFileSync(join(folder, '.env'), text);
    const values = (['dotenv', 'docker', 'foreman', 'systemd'] as const).map((envFileDialect) => {
      try {
        const known = { A: 'inherited', B: 'of the engine' };
        return readEnvFiles({ envFile: ['.env'], envFileDialect }, folder, known)['A'] ?? null;
      } catch (error) {
        expect(toHealerError(error).message).toBe(
          `cannot use the env file "${join(folder, '.env')}": line 1: the name "export A" contains a blank`,
        );
        return 'refused';
      }
    });
    expect(values).toEqual(expected);
  });

  function refusal(files: readonly string[]): ReturnType<typeof toHealerError> {
    try {
      readEnvFiles(dotenv(...files), folder, {});
    } catch (error) {
      return toHealerError(error);
    }
    throw new Error('nothing was thrown');
  }
});
