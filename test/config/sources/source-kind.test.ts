import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sourceKindOf } from '../../../src/config/sources/source-kind.ts';
import { readSourcesNote, writeSourcesNote } from '../../../src/config/sources/sources-note.ts';

test.each([
  ['a.yaml', '', 'yaml'],
  ['a.YML', 'web 1 1', 'yaml'],
  ['a.json', '', 'yaml'],
  ['a.txt', 'processes: {}', 'list'],
  ['list', '', 'list'],
  ['list', 'web 50 500', 'list'],
  ['list', '# processes:\nweb 50 500', 'list'],
  ['list', 'processes:\n  web: {}', 'yaml'],
  ['list', '\n\n# comment\nprocesses:', 'yaml'],
  ['list', '"processes": {}', 'yaml'],
  ['list', '{"processes": {}}', 'yaml'],
  ['list', '---\nprocesses: {}', 'yaml'],
  ['list', '%YAML 1.2\n---', 'yaml'],
  ['list', '\uFEFFprocesses: {}', 'yaml'],
  ['list', 'web:80 50 500', 'list'],
  ['list.conf', 'healing: observe', 'yaml'],
])('%s that begins with %j is a %s', (file, content, kind) => {
  expect(sourceKindOf(file, Buffer.from(content))).toBe(kind);
});

describe('the note of the files of the last engine', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'healer-note-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  test('contains the files', () => {
    const path = join(folder, 'sources.json');
    writeSourcesNote(path, ['/a.txt', '/b.yaml']);
    expect(readSourcesNote(path)).toEqual(['/a.txt', '/b.yaml']);
    expect(readFileSync(path, 'utf8')).toBe('{"files":["/a.txt","/b.yaml"]}\n');
  });

  test.each([null, '', '{', '[]', '{"files": "x"}', '{"files": [1]}'])(
    'lists none when its content is %j',
    (content) => {
      const path = join(folder, 'sources.json');
      if (content !== null) writeFileSync(path, content);
      expect(readSourcesNote(path)).toEqual([]);
    },
  );

  test('is skipped when it cannot be written', () => {
    expect(() => writeSourcesNote(join(folder, 'missing', 'sources.json'), [])).not.toThrow();
  });
});
