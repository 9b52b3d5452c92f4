import { expect, test } from 'vitest';
import { foundPages, helpPages } from '../../../src/tui/keys/help-pages.ts';
import { KEYMAP } from '../../../src/tui/keys/key-bindings.ts';
import { KEY_PAIRS } from '../../../src/tui/keys/key-pairs.ts';
import { keyLabels } from '../../../src/tui/keys/keymap.ts';

const LIST = { kind: 'tab', tab: 'processes' } as const;
const PROGRAM = { kind: 'program', id: 'a', from: 'processes', logOf: ['a'] } as const;
const JOINT = { kind: 'program', id: 'a', from: 'processes', logOf: ['a', 'b'] } as const;

function drawn(...args: Parameters<typeof helpPages>): string[][] {
  return helpPages(...args).map((rows) => rows.map((row) => row.map(({ text }) => text).join('')));
}

test.each([
  [80, 17],
  [60, 8],
  [120, 28],
  [200, 40],
])('at %i columns and %i lines, every key of the view is on a page and every page fits', (columns, height) => {
  const pages = drawn(LIST, columns, height);
  const text = pages.flat().join(' ');
  for (const { keys, help, command, in: contexts } of KEYMAP) {
    if (!contexts.includes('list')) continue;
    const pair = KEY_PAIRS.find(({ commands }) => commands.includes(command));
    expect([help, pair?.help].some((each) => each !== undefined && text.includes(each))).toBe(true);
    if (pair === undefined) for (const label of keyLabels(keys)) expect(text).toContain(label);
  }
  for (const rows of pages) {
    expect(rows.length).toBeLessThanOrEqual(height);
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(columns);
  }
});

test('a small screen takes two pages, a larger one a single page with a row for each key', () => {
  for (const view of [LIST, PROGRAM]) expect(drawn(view, 80, 17)).toHaveLength(2);
  for (const view of [LIST, PROGRAM, JOINT]) expect(drawn(view, 120, 28)).toHaveLength(1);
  expect(drawn(LIST, 80, 17).flat().join(' ')).toMatch(/< > +sort by a column beside/);
  expect(drawn(LIST, 120, 28).flat().join(' ')).toMatch(/< +sort by previous column/);
});

test('the first page has the keys of the place where the user is', () => {
  const firstPage = (...args: Parameters<typeof helpPages>): string => drawn(...args)[0]?.join(' ') ?? '';
  for (const text of ['filter the list', 'restart (asks first)', 'stop (asks first)', 'edit the definition'])
    expect(firstPage(LIST, 80, 17)).toContain(text);
  for (const text of ['log: search', 'log: go to time or line', 'restart (asks first)'])
    expect(firstPage(PROGRAM, 80, 17)).toContain(text);
});

test('commands that belong together are in the key map, and each is in one pair only', () => {
  const known = new Set<string>(KEYMAP.map(({ command }) => command));
  const paired = KEY_PAIRS.flatMap(({ commands }) => commands);
  for (const command of paired) expect(known).toContain(command);
  expect(new Set(paired).size).toBe(paired.length);
});

test('keys are under headings, those of the place where the user is first', () => {
  expect(
    drawn(LIST, 40, 100)[0]
      ?.filter((row) => /^ [A-Z]/.test(row))
      .map((row) => row.trim()),
  ).toEqual(['List', 'Program', 'View', 'Move']);
  expect(drawn(JOINT, 40, 100)[0]?.[0]?.trim()).toBe('Log');
});

test('a heading is never the last row of a column', () => {
  for (let height = 4; height < 30; height += 1)
    for (const page of helpPages(LIST, 40, height)) expect(page.at(-1)?.[1]?.tone).not.toBe('info');
});

test('keys that end a process stand out', () => {
  const spans = helpPages(LIST, 200, 40).flat(2);
  expect(spans.filter(({ tone }) => tone === 'bad').map(({ text }) => text.trim())).toEqual(
    expect.arrayContaining([
      'stop (asks first)',
      'force kill (asks first)',
      'remove (asks first)',
      'restart (asks first)',
    ]),
  );
});

test('a search leaves the keys and the commands that contain it', () => {
  const found = (search: string): string[] =>
    foundPages(LIST, 50, 20, search, [{ name: 'kill', help: 'force kill programs' }])
      .flat()
      .map((row) =>
        row
          .map(({ text }) => text)
          .join('')
          .trim(),
      );
  expect(found('KILL')).toEqual([
    'Program',
    'X K    force kill (asks first)',
    '',
    'Command',
    ':kill  force kill programs',
  ]);
  expect(found('nothing like this')).toEqual([]);
});
