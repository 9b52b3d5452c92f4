import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppendFile } from '../../../src/engine/store/append-file.ts';

describe('an append-only file', () => {
  let folder: string;
  let file: AppendFile;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'healer-append-'));
    path = join(folder, 'deep', 'file');
    file = new AppendFile(path);
  });

  afterEach(() => {
    file.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function lines(): string[] {
    return readFileSync(path, 'utf8').split('\n').slice(0, -1);
  }

  test('creates its folder and appends lines in order', () => {
    expect(file.append(['a', 'b'])).toEqual({ written: true, problem: null, dropped: 0 });
    file.append([]);
    file.append(['c']);
    expect(lines()).toEqual(['a', 'b', 'c']);
    expect(file.sizeBytes).toBe(6);
  });

  test('works again after its folder was removed', () => {
    const gone = new AppendFile(join(folder, 'gone', 'file'));
    mkdirSync(join(folder, 'gone'));
    rmSync(join(folder, 'gone'), { recursive: true });
    expect(gone.append(['a']).written).toBe(true);
    gone.close();
  });

  test('continues at the end of a file that another process wrote', () => {
    file.append(['a']);
    const next = new AppendFile(path);
    next.append(['b']);
    expect(next.sizeBytes).toBe(4);
    next.close();
    expect(lines()).toEqual(['a', 'b']);
  });
});
