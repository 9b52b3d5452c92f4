import { describe, expect, test } from 'vitest';
import { COLUMNS } from '../../../src/tui/layout/columns.ts';
import { fitColumns } from '../../../src/tui/layout/fit-columns.ts';
import { readSettings } from '../../../src/tui/screens/settings.ts';
import { createNamedTheme } from '../../../src/tui/style/theme.ts';

describe('the settings file', () => {
  test('sets what the screen opens with', () => {
    const { settings, problems } = readSettings({
      mouse: false,
      ascii: true,
      sort: '-cpu',
      filter: '@site !test',
      fold: 'groups',
      columns: ['status', 'cpu'],
      theme: 'light',
      colors: { good: 34, bad: '#ff0000' },
      keys: { stop: ['Q'], restart: 'f5' },
    });
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      mouse: false,
      sort: { by: 'cpu', descending: true },
      colors: { good: '38;5;34', bad: '38;2;255;0;0' },
    });
    expect(settings.keys).toEqual(
      new Map([
        ['stop', ['Q']],
        ['restart', ['f5']],
      ]),
    );
  });

  test.each<[unknown, string]>([
    [{ mouse: 'no' }, 'mouse must be true or false'],
    [{ theme: 'pink' }, 'theme must be one of auto, dark, light, sixteen, mono, not "pink"'],
    [{ sort: 'color' }, 'sort must be one of name, '],
    [{ columns: ['cpu', 'x'] }, 'columns must be one of process, '],
    [{ colors: { good: 300 } }, 'colors takes 0 to 255 or "#rrggbb", not 300'],
    [{ colors: { best: 1 } }, 'colors has no tone "best"'],
    [{ keys: { stop: 'r' } }, 'keys "r" would be the key of'],
    [{ keys: { stop: 'two keys' } }, 'keys stop: "two keys" is not a key'],
    [{ keys: { explode: 'x' } }, 'keys has no command "explode"'],
    [{ keys: { interrupt: 'x' } }, 'keys cannot change "interrupt"'],
    [{ wheel: 3 }, 'unknown setting "wheel"'],
    ['mouse', 'must be a list of settings'],
    [[1], 'must be a list of settings'],
  ])('%j has one clear problem', (value, problem) => {
    const { problems } = readSettings(value);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  test('loses nothing but what is wrong', () => {
    const { settings, problems } = readSettings({ mouse: 'no', filter: 'web', wide: true });
    expect(settings).toEqual({ filter: 'web', wide: true });
    expect(problems).toHaveLength(1);
    expect(readSettings(null)).toEqual({ settings: {}, problems: [] });
  });
});

test('only the chosen columns are shown, and the name always', () => {
  const needs = { name: 10, hasCpuLimit: false, hasMemoryLimit: false, folder: '', source: 0, why: 24 };
  const names = fitColumns(200, false, needs, ['cpu', 'why']).map(({ column }) => column.header);
  expect(names).toEqual(['Process', 'CPU', 'Why']);
  expect(fitColumns(300, false, needs).length).toBe(COLUMNS.length);
});

test('a theme takes own colors as far as the terminal shows them', () => {
  const colors = { good: '38;2;255;0;0' };
  expect(createNamedTheme('auto', colors, 'truecolor', 'dark').paint('good', 'x')).toBe('\x1b[38;2;255;0;0mx\x1b[0m');
  expect(createNamedTheme('auto', colors, '256', 'dark').paint('good', 'x')).toMatch(/38;5;\d+mx/);
  expect(createNamedTheme('mono', colors, 'truecolor', 'dark').paint('good', 'x')).toBe('x');
});
