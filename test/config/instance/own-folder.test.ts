import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensureOwnFolder } from '../../../src/config/instance/own-folder.ts';
import { thrownBy } from '../../support/thrown-by.ts';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'healer-own-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('a folder of healer', () => {
  test('is created with its parents, for its user only', () => {
    ensureOwnFolder(join(root, 'a', 'b'));
    expect(statSync(join(root, 'a', 'b')).mode & 0o777).toBe(0o700);
  });

  test('that exists keeps its mode', () => {
    const folder = join(root, 'a');
    mkdirSync(folder);
    chmodSync(folder, 0o750);
    ensureOwnFolder(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o750);
  });

  test('may be a link to a folder', () => {
    mkdirSync(join(root, 'target'));
    symlinkSync(join(root, 'target'), join(root, 'link'));
    ensureOwnFolder(join(root, 'link', 'b'));
    expect(existsSync(join(root, 'target', 'b'))).toBe(true);
  });

  test.each<[string, () => void, string, RegExp]>([
    [
      'a file',
      () => writeFileSync(join(root, 'x'), ''),
      'x',
      /"[^"]*\/x" is a file or a broken link — set HEALER_HOME/,
    ],
    [
      'a broken link',
      () => symlinkSync(join(root, 'nowhere'), join(root, 'x')),
      'x',
      /"[^"]*\/x" is a file or a broken link — set HEALER_HOME/,
    ],
    [
      'a file among its parents',
      () => writeFileSync(join(root, 'x'), ''),
      'x/b',
      / — set HEALER_HOME to a writable folder$/,
    ],
  ])('cannot replace %s', (_what, prepare, name, message) => {
    prepare();
    const error = thrownBy(() => ensureOwnFolder(join(root, name)));
    expect(error.code).toBe('IO_ERROR');
    expect(error.message).toMatch(message);
    expect(error.message.startsWith(`cannot create the folder "${join(root, name)}": `)).toBe(true);
  });
});
