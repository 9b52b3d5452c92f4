import { describe, expect, test } from 'vitest';
import { type Column, layoutTable } from '../../../src/cli/output/table.ts';

interface Row {
  readonly id: string;
  readonly memory: string;
  readonly why: string;
}

const ROWS: readonly Row[] = [
  { id: 'web', memory: '48.2 MB', why: '' },
  { id: 'worker-with-a-long-name', memory: '1.0 GB', why: 'waiting for db to become healthy' },
];

const COLUMNS: readonly Column<Row>[] = [
  { title: 'ID', cell: ({ id }) => id, dropOrder: 0, minWidth: 6 },
  { title: 'MEMORY', cell: ({ memory }) => memory, align: 'right', dropOrder: 2 },
  { title: 'WHY', cell: ({ why }) => why, dropOrder: 1, minWidth: 10 },
];

function lines(columns: number, rows = ROWS, table = COLUMNS): string[] {
  return layoutTable(table, rows, { columns, ellipsis: '…', paintTitle: (title) => title });
}

describe('a table', () => {
  test.each<[what: string, width: number, expected: string[]]>([
    [
      'shows everything if there is room',
      Infinity,
      [
        'ID                        MEMORY  WHY',
        'web                      48.2 MB',
        'worker-with-a-long-name   1.0 GB  waiting for db to become healthy',
      ],
    ],
    [
      'cuts the last column first',
      50,
      [
        'ID                        MEMORY  WHY',
        'web                      48.2 MB',
        'worker-with-a-long-name   1.0 GB  waiting for db …',
      ],
    ],
    [
      'cuts other columns down to their minimum width',
      28,
      ['ID        MEMORY  WHY', 'web      48.2 MB', 'worker…   1.0 GB  waiting f…'],
    ],
    ['then drops the column with the highest number', 20, ['ID        WHY', 'web', 'worker-…  waiting f…']],
    ['then the next one', 12, ['ID', 'web', 'worker-with…']],
    ['cuts the remaining columns as a last resort', 3, ['ID', 'web', 'wo…']],
  ])('%s', (_what, width, expected) => {
    expect(lines(width)).toEqual(expected);
  });

  test.each([1, 2, 5, 10, 15, 20, 25, 30, 40, 60, 100])('is never wider than %d columns', (width) => {
    for (const line of lines(width)) expect(line.length).toBeLessThanOrEqual(width);
  });

  test('without rows has a header', () => {
    expect(lines(80, [])).toEqual(['ID  MEMORY  WHY']);
  });

  test('has no trailing blanks', () => {
    for (const line of lines(Infinity)) expect(line).toBe(line.trimEnd());
  });

  test('aligns wide characters by their display width', () => {
    const rows = [
      { id: '日本', memory: '1 MB', why: 'x' },
      { id: 'abcd', memory: '1 MB', why: 'x' },
    ];
    expect(lines(Infinity, rows).slice(1)).toEqual(['日本    1 MB  x', 'abcd    1 MB  x']);
  });

  test('paints cells after they have their final width', () => {
    const painted: string[] = [];
    const table: Column<Row>[] = [
      {
        title: 'ID',
        cell: ({ id }) => id,
        dropOrder: 0,
        paint: (_row, cell) => `<${painted[painted.push(cell) - 1]}>`,
      },
      { title: 'WHY', cell: ({ why }) => why, dropOrder: 0 },
    ];
    expect(lines(Infinity, ROWS.slice(0, 1), table)).toEqual(['ID   WHY', '<web>']);
    expect(painted).toEqual(['web']);
  });
});
