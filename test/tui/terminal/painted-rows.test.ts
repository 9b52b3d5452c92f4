import { expect, test } from 'vitest';
import { sanitizeText } from '../../../src/base/sanitize-text.ts';
import { fillPaintedRows, PAINTED_ROW } from '../../../src/tui/terminal/painted-rows.ts';

test('marked rows are replaced by the lines of the same number, the rest of the frame stays', () => {
  const frame = [PAINTED_ROW, '┌────┐', PAINTED_ROW, `${PAINTED_ROW}   `, ''];
  expect(fillPaintedRows(frame, ['zero', 'one', 'two', 'three', 'four'])).toEqual([
    'zero',
    '┌────┐',
    'two',
    'three',
    '',
  ]);
});

test('a marked row without a line is empty', () => {
  expect(fillPaintedRows([PAINTED_ROW, PAINTED_ROW], ['only one'])).toEqual(['only one', '']);
});

test('the mark is a private-use character that no other text can contain', () => {
  expect(PAINTED_ROW).toMatch(/^[\ue000-\uf8ff]$/);
  expect(sanitizeText(`a${PAINTED_ROW}b`)).toBe('ab');
});
