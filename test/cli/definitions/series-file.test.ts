import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSeriesFile } from '../../../src/cli/definitions/series-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-series-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function read(content: string): Promise<unknown[]> {
  const file = join(folder, 'series.csv');
  writeFileSync(file, content);
  const rows: unknown[] = [];
  for await (const row of readSeriesFile(file)) {
    rows.push(row.kind === 'row' ? [row.t, row.value] : `line ${row.line}: ${row.problem}`);
  }
  return rows;
}

describe('a series', () => {
  test.each<[what: string, content: string, rows: unknown[]]>([
    ['empty', '', []],
    [
      'without a header',
      '0,1\n1,2.5\n',
      [
        [0, 1],
        [1, 2.5],
      ],
    ],
    ['with a header', 'timestamp,value\n0,1\n', [[0, 1]]],
    ['with a header in other words and capitals', 'Time,VALUE\n0,1\n', [[0, 1]]],
    ['with a byte order mark', '\uFEFFt,value\n0,1\n', [[0, 1]]],
    ['with other columns', 'host,value,timestamp\nweb,5,10\n', [[10, 5]]],
    ['with Windows line ends and blank lines', 't,value\r\n\r\n0,1\r\n', [[0, 1]]],
    ['with quotes and spaces', '"0" , "1"\n', [[0, 1]]],
    ['with negative values and exponents', '-5,-1e3\n', [[-5, -1000]]],
    [
      'in ISO 8601 with a zone',
      '1970-01-01T00:01:00Z,1\n1970-01-01T01:00:00+01:00,2\n',
      [
        [60, 1],
        [0, 2],
      ],
    ],
    [
      'in UTC without a zone',
      '1970-01-01 00:01:00,1\n1970-01-02,2\n',
      [
        [60, 1],
        [86_400, 2],
      ],
    ],
    [
      'with bad rows',
      'timestamp,value\nyesterday,1\n2,much\n,3\n4\n5,Infinity\n6,7\n',
      [
        'line 2: "yesterday" is neither a number of seconds nor an ISO 8601 time',
        'line 3: "much" is not a number',
        'line 4: "" is neither a number of seconds nor an ISO 8601 time',
        'line 5: "" is not a number',
        'line 6: "Infinity" is not a number',
        [6, 7],
      ],
    ],
  ])('%s', async (_what, content, rows) => {
    expect(await read(content)).toEqual(rows);
  });

  test('in a missing file is an error with the path', async () => {
    const file = join(folder, 'missing.csv');
    const reading = readSeriesFile(file);
    await expect(reading.next()).rejects.toMatchObject({
      code: 'IO_ERROR',
      message: expect.stringMatching(/^cannot read ".*missing\.csv": file not found — check the path$/),
    });
  });
});
