import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InterpreterCopies } from '../../../src/engine/os/interpreter-copies.ts';
import { withoutPrivileges } from '../../support/without-privileges.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'healer-copies-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('an interpreter is recognized under another name, and another program is not', () => {
  const copy = join(folder, 'backup');
  copyFileSync(realpathSync('/bin/sh'), copy);
  const other = join(folder, 'report');
  writeFileSync(other, 'of my own');
  const copies = new InterpreterCopies();
  expect(copies.find(copy)).toMatch(/sh$/);
  expect(copies.find(other)).toBeNull();
});

test('a PATH with files, missing folders and broken links does not prevent the check of a file', () => {
  const copy = join(folder, 'backup');
  copyFileSync(realpathSync('/bin/sh'), copy);
  const loop = join(folder, 'loop');
  symlinkSync(loop, loop);
  expect(new InterpreterCopies().find(copy, `${copy}:${loop}:${join(folder, 'none')}`)).toMatch(/sh$/);
});

test('an unreadable interpreter in PATH does not prevent the check of a file of the same size', async () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'sudo'), 'of root', { mode: 0o711 });
  chmodSync(join(bin, 'sudo'), 0o111);
  chmodSync(folder, 0o755);
  const own = join(folder, 'report');
  writeFileSync(own, 'of mine');
  await withoutPrivileges(() => {
    expect(new InterpreterCopies().find(own, bin)).toBeNull();
  });
});
