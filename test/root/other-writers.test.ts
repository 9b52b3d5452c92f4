import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { whoCanReplace } from '../../src/base/other-writers.ts';

/** A user and a group without privileges: `nobody` and `nogroup` on most systems. */
const OTHER = 65_534;

let folder: string;
const at = (name: string): string => join(folder, name);

function file(name: string, mode = 0o755): string {
  writeFileSync(at(name), '');
  chmodSync(at(name), mode);
  return at(name);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-writers-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('what a path leads to can be replaced', () => {
  test('by the owner of a file, of a folder above it, and of a link in a sticky folder', () => {
    const app = file('app');
    symlinkSync(app, at('link'));
    chownSync(app, OTHER, 0);
    expect(whoCanReplace(app)).toBe(`user ${String(OTHER)}, who owns "${app}"`);
    chownSync(app, 0, 0);
    expect(whoCanReplace(at('link'))).toBeNull();
    execFileSync('chown', ['-h', String(OTHER), at('link')]);
    expect(whoCanReplace(at('link'))).toBe(`user ${String(OTHER)}, who owns "${at('link')}"`);
    chownSync(folder, OTHER, 0);
    expect(whoCanReplace(app)).toBe(`user ${String(OTHER)}, who owns "${folder}"`);
  });

  test('by a group that can write to it, unless it is the own group of root', () => {
    const app = file('app', 0o775);
    expect(whoCanReplace(app)).toBeNull();
    chownSync(app, 0, OTHER);
    expect(whoCanReplace(app)).toBe(`group ${String(OTHER)}, which can write to "${app}"`);
    chmodSync(app, 0o755);
    expect(whoCanReplace(app)).toBeNull();
  });
});
