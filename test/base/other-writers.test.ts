import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listedWriters, parseAccessList } from '../../src/base/access-list.ts';
import { otherWriter, whoCanReplace } from '../../src/base/other-writers.ts';

/** A user and a group without privileges: `nobody` and `nogroup` on most systems. */
const OTHER = 65_534;

let folder: string;
const at = (...names: string[]): string => join(folder, ...names);
const setAccess = (entry: string, path: string): void => void execFileSync('setfacl', ['-m', entry, path]);

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
  test('by no other user if only root and the own user can write on the way, also below a sticky folder', () => {
    expect(whoCanReplace(file('app'))).toBeNull();
    expect(whoCanReplace('/')).toBeNull();
    expect(whoCanReplace(`${at('.')}/../${folder.split('/').at(-1) ?? ''}//app`)).toBeNull();
  });

  test('by every user who can write to the file or to a folder above it', () => {
    expect(whoCanReplace(file('open', 0o757))).toBe(`any user, because everyone can write to "${at('open')}"`);
    const app = file('app');
    chmodSync(folder, 0o777);
    expect(whoCanReplace(app)).toBe(`any user, because everyone can write to "${folder}"`);
  });

  test('in a sticky folder only below it: the folder itself can be written to', () => {
    mkdirSync(at('sticky'));
    chmodSync(at('sticky'), 0o1777);
    writeFileSync(at('sticky', 'app'), '');
    chmodSync(at('sticky', 'app'), 0o755);
    expect(whoCanReplace(at('sticky', 'app'))).toBeNull();
    expect(whoCanReplace(at('sticky'))).toMatch(/everyone can write/);
  });

  test('by who can write to the folder of any link on the way, not only of the last', () => {
    const app = file('app');
    mkdirSync(at('open'));
    symlinkSync(app, at('open', 'second'));
    symlinkSync(at('open', 'second'), at('first'));
    expect(whoCanReplace(at('first'))).toBeNull();
    chmodSync(at('open'), 0o777);
    expect(whoCanReplace(at('first'))).toBe(`any user, because everyone can write to "${at('open')}"`);
    symlinkSync('open', at('to-folder'));
    expect(whoCanReplace(at('to-folder', 'second'))).toMatch(/everyone can write to ".*\/open"/);
  });

  test('is an error for a path that leads nowhere, and for links that lead in circles', () => {
    symlinkSync('loop', at('loop'));
    expect(() => whoCanReplace(at('loop'))).toThrow('ELOOP');
    expect(() => whoCanReplace(at('missing'))).toThrow('ENOENT');
    expect(() => whoCanReplace(join(file('app'), 'below'))).toThrow('ENOTDIR');
  });
});

describe('an access list', () => {
  test('that lets another user or group write counts, although the mode shows only the own group', () => {
    const app = file('app');
    expect(listedWriters(app)).toBeNull();
    setAccess(`u:${String(OTHER)}:rwx`, app);
    expect(whoCanReplace(app)).toBe(`user ${String(OTHER)}, which can write to "${app}"`);
    const shared = file('shared');
    setAccess(`g:${String(OTHER)}:rwx`, shared);
    expect(whoCanReplace(shared)).toBe(`group ${String(OTHER)}, which can write to "${shared}"`);
  });

  test('of a folder on the way counts too', () => {
    const app = file('app');
    setAccess(`u:${String(OTHER)}:rwx`, folder);
    expect(whoCanReplace(app)).toBe(`user ${String(OTHER)}, which can write to "${folder}"`);
  });

  test('that only lets others read, or whose mask takes writing away, does not count', () => {
    const readable = file('readable');
    setAccess(`u:${String(OTHER)}:r-x`, readable);
    expect(whoCanReplace(readable)).toBeNull();
    const masked = file('masked');
    setAccess(`u:${String(OTHER)}:rwx,m::r-x`, masked);
    expect(whoCanReplace(masked)).toBeNull();
    const own = file('own');
    setAccess('u:0:rwx', own);
    expect(otherWriter(own, lstatSync(own))).toBeNull();
  });

  test('that is cut short or empty names no one', () => {
    expect(parseAccessList(Buffer.alloc(0))).toEqual([]);
    expect(parseAccessList(Buffer.from([2, 0, 0, 0, 2, 0, 7]))).toEqual([]);
  });
});
