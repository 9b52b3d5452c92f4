import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ownershipProblem } from '../../src/base/ownership.ts';

let folder: string;
const at = (...names: string[]): string => join(folder, ...names);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-ownership-'));
  writeFileSync(at('file'), '');
  chmodSync(at('file'), 0o644);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a file or folder', () => {
  test('is safe if only its owner can write to it, or if it does not exist', () => {
    for (const path of [at('file'), folder, at('missing'), at('file', 'below a file')]) {
      expect(ownershipProblem(path)).toBeNull();
    }
  });

  test('that every user can write to is named with its owner, its mode and the next step', () => {
    chmodSync(at('file'), 0o666);
    expect(ownershipProblem(at('file'))).toMatchObject({
      place: at('file'),
      message: expect.stringMatching(/^".+\/file" \(owner \S+, mode 0666\) can be changed by any user$/) as string,
      hint: `run "chmod go-w ${at('file')}"`,
    });
  });

  test('is not safe below a folder that every user can write to', () => {
    chmodSync(folder, 0o777);
    expect(ownershipProblem(at('file'))).toMatchObject({ place: folder, hint: `run "chmod go-w ${folder}"` });
  });

  test('is safe below a sticky folder, but the sticky folder itself is not', () => {
    mkdirSync(at('sticky'));
    chmodSync(at('sticky'), 0o1777);
    mkdirSync(at('sticky', 'own'));
    chmodSync(at('sticky', 'own'), 0o755);
    expect(ownershipProblem(at('sticky', 'own'))).toBeNull();
    expect(ownershipProblem(at('sticky'))?.message).toMatch(/mode 1777\) can be changed by any user/);
  });

  test('is quoted for a shell where necessary', () => {
    writeFileSync(at("it's $HOME"), '');
    chmodSync(at("it's $HOME"), 0o666);
    expect(ownershipProblem(at("it's $HOME"))?.hint).toBe(`run "chmod go-w '${folder}/it'\\''s $HOME'"`);
  });
});
