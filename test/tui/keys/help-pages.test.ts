import { expect, test } from 'vitest';
import { helpPages } from '../../../src/tui/keys/help-pages.ts';
import { KEYMAP } from '../../../src/tui/keys/key-bindings.ts';

const LIST = { kind: 'tab', tab: 'processes' } as const;

test.each([
  [80, 16],
  [60, 8],
  [200, 40],
])('at %i columns and %i lines, every key of the view is on a page and every page fits', (columns, height) => {
  const pages = helpPages(LIST, columns, height);
  const text = JSON.stringify(pages);
  for (const { help, in: contexts } of KEYMAP) if (contexts.includes('list')) expect(text).toContain(help);
  for (const rows of pages) {
    expect(3 + 2 * rows.length).toBeLessThanOrEqual(height);
    const width = Object.values(rows[0] ?? {}).reduce((sum, cell) => sum + cell.length + 3, 1);
    expect(width).toBeLessThanOrEqual(columns);
  }
});
