import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Learned, LearnedFiles } from '../../../src/engine/store/learned-files.ts';

describe('what was learned about a program', () => {
  let dir: string;
  let files: LearnedFiles;
  let path: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'healer-learned-'));
    files = new LearnedFiles(join(dir, 'learned'));
    path = join(dir, 'learned', 'web.json');
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  test.each([
    ['the first time', []],
    ['over a longer file', [800]],
    ['over a shorter file', [3]],
  ])('is read as it was saved %s', (_name, earlier) => {
    for (const count of earlier) files.save('web', learnedOf(count, 1));
    files.save('web', learnedOf(100, 2));
    expect(files.load('web')).toEqual(learnedOf(100, 2));
  });

  test('is read from a file of an earlier version', () => {
    files.save('web', learnedOf(1, 1));
    writeFileSync(path, JSON.stringify({ version: 1, ...learnedOf(5, 3) }));
    expect(files.load('web')).toEqual(learnedOf(5, 3));
    files.save('web', learnedOf(2, 4));
    expect(files.load('web')).toEqual(learnedOf(2, 4));
  });

  test('is nothing at whatever length a write over an earlier file was cut', () => {
    files.save('web', learnedOf(60, 1));
    const before = readFileSync(path);
    files.save('web', learnedOf(90, 2));
    const after = readFileSync(path);
    for (let cut = 1; cut < after.length - 1; cut++) {
      writeFileSync(path, Buffer.concat([after.subarray(0, cut), before.subarray(cut)]));
      const read = files.load('web');
      // Until the time in the first line is new, the content is still what was saved before.
      if (read !== null)
        expect(read).toEqual(after.subarray(0, cut).equals(before.subarray(0, cut)) ? learnedOf(60, 1) : null);
    }
  });

  test('is nothing if the file is cut, and can be saved again', () => {
    files.save('web', learnedOf(60, 1));
    truncateSync(path, 100);
    expect(files.load('web')).toBeNull();
    files.save('web', learnedOf(60, 2));
    expect(files.load('web')).toEqual(learnedOf(60, 2));
  });

  test('neither goes through a link nor waits for a reader of a FIFO', () => {
    const other = join(dir, 'other');
    writeFileSync(other, 'mine');
    files.save('db', learnedOf(1, 1));
    symlinkSync(other, path);
    files.save('web', learnedOf(2, 1));
    expect(readFileSync(other, 'utf8')).toBe('mine');
    expect(files.load('web')).toEqual(learnedOf(2, 1));
    execFileSync('mkfifo', [join(dir, 'learned', 'fifo.json')]);
    expect(files.load('fifo')).toBeNull();
    files.save('fifo', learnedOf(3, 1));
    expect(files.load('fifo')).toEqual(learnedOf(3, 1));
    expect(readdirSync(join(dir, 'learned')).toSorted()).toEqual(['db.json', 'fifo.json', 'web.json']);
  });
});

function learnedOf(count: number, atMs: number): Learned {
  return {
    run: { number: 1, pid: 10, startTicks: 5 },
    atMs,
    memory: { toleratedMb: 0, leakMbPerMinute: 0, plateauMb: 0, longestCpuRunS: 0 },
    detectors: { 'leak memory': Array.from({ length: count }, (_, index) => index + atMs / 10) },
  };
}
