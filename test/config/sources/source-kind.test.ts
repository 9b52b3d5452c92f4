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
    writeSourcesNote(path, [['/a.txt', '/b.yaml'], ['/c.yaml']]);
    const ups = [['/a.txt', '/b.yaml'], ['/c.yaml']];
    expect(readSourcesNote(path)).toEqual({ ups, problem: null, exists: true });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ files: ['/a.txt', '/b.yaml', '/c.yaml'], ups });
  });

  test('of the previous version lists the files of one "healer up"', () => {
    const path = join(folder, 'sources.json');
    writeFileSync(path, '{"files":["/a.txt","/b.yaml"]}');
    expect(readSourcesNote(path).ups).toEqual([['/a.txt', '/b.yaml']]);
  });

  test.each([null, '', '{', '[]', '{"files": "x"}', '{"files": [1]}', '{"ups": [["relative"]]}'])(
    'lists none, and says whether it is damaged, when its content is %j',
    (content) => {
      const path = join(folder, 'sources.json');
      if (content !== null) writeFileSync(path, content);
      const problem = content === null ? null : 'it is damaged';
      expect(readSourcesNote(path)).toEqual({ ups: [], problem, exists: content !== null });
    },
  );

  test('that cannot be written is an error', () => {
    expect(() => writeSourcesNote(join(folder, 'missing', 'sources.json'), [])).toThrow('ENOENT');
  });
});
