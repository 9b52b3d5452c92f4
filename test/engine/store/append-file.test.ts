import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppendFile } from '../../../src/engine/store/append-file.ts';
import { createSmallDisk, type SmallDisk } from '../../support/small-disk.ts';

describe('an append-only file', () => {
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

  test('creates its folder and appends lines in order', () => {
    expect(file.append(['a', 'b'])).toEqual({ written: true, problem: null, dropped: 0 });
    file.append([]);
    file.append(['c']);
    expect(lines()).toEqual(['a', 'b', 'c']);
    expect(file.sizeBytes).toBe(6);
  });

  test('keeps lines while the disk is full and writes all of them in order once there is space', () => {
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

  test('leaves no partial line if the disk becomes full', () => {
    file.append(['before']);
    disk.fill();
    const before = statSync(path).size;
    file.append(['x'.repeat(100_000)]);
    expect(statSync(path).size).toBe(before);
    expect(lines()).toEqual(['before']);
  });

  test('drops the oldest lines above its limit and reports their number once', () => {
    file.append(['before']);
    disk.fill();
    // The remainder of the last page is still written.
    file.append(['x'.repeat(100_000)]);
    file.append(Array.from({ length: 10_500 }, (_, index) => String(index)));
    expect(file.waitingLines).toBe(10_000);
    disk.free();
    expect(file.retry()).toEqual({ written: true, problem: null, dropped: 501 });
    expect(lines().slice(0, 2)).toEqual(['before', '500']);
    expect(file.append(['more']).dropped).toBe(0);
  });

  test('works again after its folder was removed', () => {
    const gone = new AppendFile(join(disk.folder, 'gone', 'file'));
    mkdirSync(join(disk.folder, 'gone'));
    rmSync(join(disk.folder, 'gone'), { recursive: true });
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
