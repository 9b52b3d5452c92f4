import { expect, test } from 'vitest';
import { fillHotLines, HOT_REGIONS, standIn } from '../../../src/tui/terminal/hot-lines.ts';

test('stand-ins are replaced by the lines of their region, the rest of the frame stays', () => {
  const frame = [standIn('header', 0), 'tabs', standIn('table', 0), `${standIn('table', 1)}   `, ''];
  const lines = fillHotLines(frame, (region) => [`${region} 0`, `${region} 1`]);
  expect(lines).toEqual(['header 0', 'tabs', 'table 0', 'table 1', '']);
});

test('a region is drawn once a frame, and only when the frame has it', () => {
  const asked: string[] = [];
  fillHotLines([standIn('log', 0), standIn('log', 1)], (region) => {
    asked.push(region);
    return [];
  });
  expect(asked).toEqual(['log']);
});

test('every stand-in is a private character of its own', () => {
  const all = HOT_REGIONS.flatMap((region) => [standIn(region, 0), standIn(region, 511)]);
  expect(new Set(all).size).toBe(all.length);
  for (const character of all) expect(character).toMatch(/^[\ue000-\uf8ff]$/);
});

test('a line that a region does not have is empty', () => {
  expect(fillHotLines([standIn('log', 3)], () => ['only one'])).toEqual(['']);
});
