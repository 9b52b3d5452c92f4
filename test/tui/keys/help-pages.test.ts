import { expect, test } from 'vitest';
import { helpPages } from '../../../src/tui/keys/help-pages.ts';
import { KEYMAP } from '../../../src/tui/keys/key-bindings.ts';

const LIST = { kind: 'tab', tab: 'processes' } as const;
const JOINT = { kind: 'program', id: 'a', from: 'processes', logOf: ['a', 'b'] } as const;

function drawn(...args: Parameters<typeof helpPages>): string[][] {
  return helpPages(...args).map((rows) => rows.map((row) => row.map(({ text }) => text).join('')));
}

test.each([
  [80, 16],
  [60, 8],
  [200, 40],
])('at %i columns and %i lines, every key of the view is on a page and every page fits', (columns, height) => {
  const pages = drawn(LIST, columns, height);
  const text = JSON.stringify(pages);
  for (const { help, in: contexts } of KEYMAP) if (contexts.includes('list')) expect(text).toContain(help);
  for (const rows of pages) {
    expect(rows.length).toBeLessThanOrEqual(height);
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(columns);
  }
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

test('a search leaves the keys that contain it', () => {
  const [page = []] = drawn(LIST, 80, 20, 'KILL');
  expect(page.map((row) => row.trim())).toEqual(['Program', 'X K  force kill (asks first)']);
  expect(drawn(LIST, 80, 20, 'nothing like this')).toEqual([[]]);
});
