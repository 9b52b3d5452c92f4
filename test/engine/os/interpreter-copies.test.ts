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
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'healer-duplicates-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('an interpreter is known under another name, and another program is no interpreter', () => {
  const copy = join(folder, 'backup');
  copyFileSync(realpathSync('/bin/sh'), copy);
  const other = join(folder, 'report');
  writeFileSync(other, 'of my own');
  const duplicates = new InterpreterCopies();
  expect(duplicates.find(copy)).toMatch(/sh$/);
  expect(duplicates.find(other)).toBeNull();
});

test('what of PATH is no folder, or leads nowhere, does not keep a file from being judged', () => {
  const copy = join(folder, 'backup');
  copyFileSync(realpathSync('/bin/sh'), copy);
  const loop = join(folder, 'loop');
  symlinkSync(loop, loop);
  expect(new InterpreterCopies().find(copy, `${copy}:${loop}:${join(folder, 'none')}`)).toMatch(/sh$/);
});

test('an interpreter of PATH that may not be read does not keep a file of its size from being judged', async () => {
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
