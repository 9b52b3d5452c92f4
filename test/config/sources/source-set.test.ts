import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addToSet, dropFromSet, isInSet, type Up } from '../../../src/config/sources/source-set.ts';

describe('adding files to a set of sources', () => {
  test.each<[string, readonly Up[], readonly string[], readonly Up[]]>([
    ['starts with one group', [], ['/a', '/b'], [['/a', '/b']]],
    ['adds a group of new files', [['/a']], ['/b', '/c'], [['/a'], ['/b', '/c']]],
    ['leaves known files where they are', [['/a'], ['/b']], ['/b', '/a'], [['/a'], ['/b']]],
    ['adds new files to the group of the known one', [['/a'], ['/b']], ['/b', '/c'], [['/a'], ['/b', '/c']]],
    ['ignores repetition', [['/a']], ['/b', '/b'], [['/a'], ['/b']]],
    ['without files changes nothing', [['/a']], [], [['/a']]],
  ])('%s', (_what, ups, files, expected) => {
    expect(addToSet(ups, files)).toEqual(expected);
  });

  test('recognizes a known file behind a symbolic link, and keeps the known path', () => {
    const folder = mkdtempSync(join(tmpdir(), 'healer-set-'));
    const [file, link] = [join(folder, 'healer.yaml'), join(folder, 'link.yaml')];
    try {
      writeFileSync(file, '');
      symlinkSync(file, link);
      expect(addToSet([[link]], [file])).toEqual([[link]]);
      expect(dropFromSet([[link], ['/b']], [file])).toEqual([['/b']]);
      expect([isInSet([[link]], file), isInSet([[link]], '/other')]).toEqual([true, false]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('dropping files removes groups that are left without files', () => {
  expect(dropFromSet([['/a', '/b'], ['/c']], ['/b', '/c', '/unknown'])).toEqual([['/a']]);
});
