import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureFolder, keepAside, replaceFile } from '../../src/base/atomic-file.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'healer-base-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('creates a private folder with its parents, and accepts an existing one', () => {
  const path = join(folder, 'a', 'b', 'c');
  ensureFolder(path);
  ensureFolder(path);
  for (const made of ['a', 'a/b', 'a/b/c']) expect(statSync(join(folder, made)).mode & 0o777).toBe(0o700);
});

test('accepts a link to a folder', () => {
  symlinkSync(folder, join(folder, 'link'));
  ensureFolder(join(folder, 'link', 'sub'));
  expect(existsSync(join(folder, 'sub'))).toBe(true);
});

test('reports an error instead of retrying forever where no folder can be created', () => {
  expect(() => ensureFolder('/proc/healer/state/default')).toThrow(/ENOENT.*"?\/proc\/healer/);
});

test('names a file that is in the way', () => {
  writeFileSync(join(folder, 'file'), '');
  symlinkSync('/nowhere/at/all', join(folder, 'dangling'));
  expect(() => ensureFolder(join(folder, 'file'))).toThrow(/EEXIST/);
  expect(() => ensureFolder(join(folder, 'file', 'sub'))).toThrow(/ENOTDIR/);
  expect(() => ensureFolder(join(folder, 'dangling', 'sub'))).toThrow(/EEXIST.*dangling'$/);
});

test.each(['', '.new'])('writes no draft through a link at "file%s"', (suffix) => {
  const victim = join(folder, 'victim');
  const path = join(folder, 'file');
  writeFileSync(victim, 'precious');
  symlinkSync(victim, `${path}${suffix}`);
  replaceFile(path, 'new');
  expect([readFileSync(victim, 'utf8'), readFileSync(path, 'utf8')]).toEqual(['precious', 'new']);
  expect(lstatSync(path).isFile()).toBe(true);
});

test('keeps no damaged file aside through a link', () => {
  const victim = join(folder, 'victim');
  writeFileSync(join(folder, 'file'), 'damaged');
  symlinkSync(victim, join(folder, 'file.corrupt-1970-01-01T00-00-00.000Z'));
  expect(() => keepAside(join(folder, 'file'), 0)).toThrow(/EEXIST/);
  expect(existsSync(victim)).toBe(false);
});
