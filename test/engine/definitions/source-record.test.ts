import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSourcesNote } from '../../../src/config/sources/sources-note.ts';
import { SourceRecord } from '../../../src/engine/definitions/source-record.ts';

const UPS = [['/a/healer.yaml'], ['/b/healer.yaml']];

let path: string;
let events: string[];
let stored: unknown[];
let record: SourceRecord;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-sources-'));
  path = join(folder, 'state', 'sources.json');
  mkdirSync(dirname(path));
  events = [];
  stored = [];
  record = new SourceRecord(path, null, {
    records: {
      record: () => undefined,
      recordEngineEvent: (kind, reason) => events.push(`${kind}: ${reason}`),
      commit: () => undefined,
    },
    putSources: (ups) => stored.push(ups),
  });
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the record of the files that programs are read from', () => {
  test.each<[what: string, damage: (file: string) => void]>([
    ['was removed', (file) => rmSync(file)],
    ['was emptied', (file) => writeFileSync(file, '')],
    ['was overwritten', (file) => writeFileSync(file, '{"ups":[["/a/healer.yaml"]]}')],
    ['was lost with its folder', (file) => rmSync(dirname(file), { recursive: true })],
  ])('is written again after it %s', (_, damage) => {
    record.write(UPS);
    damage(path);
    record.restore(UPS);
    mkdirSync(dirname(path), { recursive: true });
    record.restore(UPS);
    expect(readSourcesNote(path)).toEqual({ ups: UPS, problem: null, exists: true });
    expect(record.writeProblems).toEqual([]);
  });

  test('that cannot be written is a problem until it is written, and is reported once', () => {
    record.write(UPS.slice(0, 1));
    rmSync(dirname(path), { recursive: true });
    for (let count = 0; count < 3; count++) record.restore(UPS);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatch(/^engine-degraded: cannot record the files that programs are read from in .*ENOENT/);
    expect(record.writeProblems).toMatchObject([{ severity: 'warning', file: path }]);
    mkdirSync(dirname(path));
    record.restore(UPS);
    expect(readSourcesNote(path).ups).toEqual(UPS);
    expect(record.writeProblems).toEqual([]);
    expect(stored.at(-1)).toEqual(UPS);
  });

  test('is not written again while nothing happens to it', () => {
    record.write(UPS);
    record.restore(UPS);
    expect(stored).toHaveLength(1);
  });
});
