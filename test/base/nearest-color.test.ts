import { expect, test } from 'vitest';
import type { ColorLevel } from '../../src/base/color-support.ts';
import { brightnessOf, isGray, nearestColor } from '../../src/base/nearest-color.ts';

test.each<[string, ColorLevel, string]>([
  ['31', '16', '31'],
  ['38;5;208', 'truecolor', '38;5;208'],
  ['38;5;208', '256', '38;5;208'],
  ['38;5;196', '16', '91'],
  ['38;5;1', '16', '31'],
  ['38;5;12', '16', '94'],
  ['38;2;255;0;0', 'truecolor', '38;2;255;0;0'],
  ['38;2;255;0;0', '256', '38;5;196'],
  ['38;2;255;0;0', '16', '91'],
  ['38;2;128;128;128', '256', '38;5;244'],
])('shows %s at level %s as %s', (color, level, shown) => {
  expect(nearestColor(color, level)).toBe(shown);
});

test.each([
  ['30', true],
  ['97', true],
  ['38;5;240', true],
  ['38;2;10;10;20', true],
  ['31', false],
  ['38;5;208', false],
])('%s is gray: %s', (color, gray) => {
  expect(isGray(color)).toBe(gray);
});

test('brightness goes from black to white', () => {
  expect(brightnessOf('30')).toBe(0);
  expect(brightnessOf('97')).toBeCloseTo(1);
});
