import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readToken } from '../../../src/engine/access/token.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const TOKEN = '0123456789abcdef';
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'healer-token-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function write(text: string, mode = 0o600): string {
  const file = join(folder, 'token');
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

test.each([
  ['the token', TOKEN],
  ['a trailing line break', `${TOKEN}\n`],
  ['surrounding spaces', `  ${TOKEN}\r\n`],
])('a file with %s is accepted', (_what, text) => {
  const token = readToken(write(text));
  expect(token.isRight(TOKEN)).toBe(true);
});

test.each(['', 'x', TOKEN.slice(0, -1), `${TOKEN}0`, TOKEN.toUpperCase(), ` ${TOKEN}`])(
  'the token "%s" is wrong',
  (candidate) => {
    expect(readToken(write(TOKEN)).isRight(candidate)).toBe(false);
  },
);

test.each([
  ['is empty', '', 0o600, 'a single word of at least 16 characters'],
  ['is too short', TOKEN.slice(1), 0o600, 'a single word of at least 16 characters'],
  ['contains two words', `${TOKEN} ${TOKEN}`, 0o600, 'a single word of at least 16 characters'],
  ['is readable by the group', TOKEN, 0o640, 'other users can read it; run chmod 600 on it'],
  ['is readable by everyone', TOKEN, 0o604, 'other users can read it; run chmod 600 on it'],
])('a file that %s is an error', (_what, text, mode, reason) => {
  const file = write(text, mode);
  const error = thrownBy(() => readToken(file));
  expect(error).toMatchObject({ code: 'INVALID_CONFIG', data: { file } });
  expect(error.message).toContain(`the token file "${file}" cannot be used: `);
  expect(error.message).toContain(reason);
  if (text.length > 1) expect(error.message).not.toContain(text);
});

test('a missing file is an error', () => {
  expect(thrownBy(() => readToken(join(folder, 'missing')))).toMatchObject({
    code: 'INVALID_CONFIG',
    message: expect.stringContaining('ENOENT'),
  });
});
