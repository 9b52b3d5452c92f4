import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppendFile } from '../../../src/engine/store/append-file.ts';
import { createSmallDisk, type SmallDisk } from '../../support/small-disk.ts';

describe('a file that only grows', () => {
  let disk: SmallDisk;
  let file: AppendFile;
  let path: string;

  beforeEach(() => {
    disk = createSmallDisk(1);
    path = join(disk.folder, 'deep', 'file');
    file = new AppendFile(path);
  });

  afterEach(() => {
    file.close();
    disk.close();
  });

  function lines(): string[] {
    return readFileSync(path, 'utf8').split('\n').slice(0, -1);
  }

  test('makes its folder and takes lines in order', () => {
    expect(file.append(['a', 'b'])).toEqual({ written: true, problem: null, dropped: 0 });
    file.append([]);
    file.append(['c']);
    expect(lines()).toEqual(['a', 'b', 'c']);
    expect(file.sizeBytes).toBe(6);
  });

  test('holds lines while the disk is full and writes all of them, in order, when there is space', () => {
    file.append(['before']);
    disk.fill();
    for (let index = 0; index < 2000; index++) {
      const { written, problem } = file.append([`line ${String(index)} ${'x'.repeat(100)}`]);
      if (index === 1999) expect({ written, problem }).toMatchObject({ written: false });
    }
    expect(file.append(['last']).problem).toContain('ENOSPC');
    disk.free();
    expect(file.retry()).toEqual({ written: true, problem: null, dropped: 0 });
    const found = lines();
    expect(found).toHaveLength(2002);
    expect(found[1]).toMatch(/^line 0 x+$/);
    expect(found.at(-1)).toBe('last');
  });

  test('leaves no half line when space runs out in the middle', () => {
    file.append(['before']);
    disk.fill();
    const before = statSync(path).size;
    file.append(['x'.repeat(100_000)]);
    expect(statSync(path).size).toBe(before);
    expect(lines()).toEqual(['before']);
  });

  test('drops the oldest beyond its bound and tells how many, once', () => {
    file.append(['before']);
    disk.fill();
    // What fits into the rest of the last page goes out still.
    file.append(['x'.repeat(100_000)]);
    file.append(Array.from({ length: 10_500 }, (_, index) => String(index)));
    expect(file.waitingLines).toBe(10_000);
    disk.free();
    expect(file.retry()).toEqual({ written: true, problem: null, dropped: 501 });
    expect(lines().slice(0, 2)).toEqual(['before', '500']);
    expect(file.append(['more']).dropped).toBe(0);
  });

  test('works again after its folder was away', () => {
    const gone = new AppendFile(join(disk.folder, 'gone', 'file'));
    mkdirSync(join(disk.folder, 'gone'));
    rmSync(join(disk.folder, 'gone'), { recursive: true });
    expect(gone.append(['a']).written).toBe(true);
    gone.close();
  });

  test('goes on where another process has ended the file', () => {
    file.append(['a']);
    const next = new AppendFile(path);
    next.append(['b']);
    expect(next.sizeBytes).toBe(4);
    next.close();
    expect(lines()).toEqual(['a', 'b']);
  });
});
