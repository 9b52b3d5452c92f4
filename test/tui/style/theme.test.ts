import { describe, expect, test } from 'vitest';
import { parseStyledText } from '../../../src/base/styled-text.ts';
import { backgroundOfReply, backgroundOfEnvironment } from '../../../src/tui/terminal/background.ts';
import { createTheme } from '../../../src/tui/style/theme.ts';

describe('the background', () => {
  test.each([
    ['11;rgb:0000/0000/0000', 'dark'],
    ['11;rgb:ffff/ffff/ffff', 'light'],
    ['11;rgb:fd/f6/e3', 'light'],
    ['11;rgba:1e1e/1e1e/2e2e/ffff', 'dark'],
    ['4;rgb:0000/0000/0000', null],
  ])('of the reply %j is %s', (answer, background) => {
    expect(backgroundOfReply(answer)).toBe(background);
  });

  test.each([
    ['15;0', 'dark'],
    ['0;15', 'light'],
    ['0;default;7', 'light'],
    [undefined, null],
  ])('of COLORFGBG=%j is %s', (value, background) => {
    expect(backgroundOfEnvironment({ COLORFGBG: value })).toBe(background);
  });
});

describe('colors', () => {
  test('are not used if they are off', () => {
    const theme = createTheme('none', 'dark');
    expect(theme.paint('good', 'x')).toBe('x');
    expect(theme.paintSelected('good', 'x')).toBe('\x1b[7mx\x1b[0m');
  });

  test('are from the 16 if the background is unknown, otherwise from the 256', () => {
    expect(createTheme('256', null).paint('busy', 'x')).toContain('\x1b[33m');
    expect(createTheme('16', 'light').paint('busy', 'x')).toContain('\x1b[33m');
    expect(createTheme('256', 'light').paint('busy', 'x')).toContain('\x1b[38;5;130m');
    expect(createTheme('truecolor', 'dark').paintSelected('busy', 'x')).toContain('38;5;221;48;5;238');
    expect(createTheme('truecolor', 'dark').paintSelected('busy', '  ')).toBe('\x1b[48;5;238m  \x1b[0m');
    expect(createTheme('truecolor', 'dark').paintSelected('match', ' ')).toBe(
      '\x1b[38;5;16;48;5;221;48;5;238m \x1b[0m',
    );
  });

  test.each([
    ['16', '33'],
    ['256', '38;5;208'],
    ['truecolor', '38;5;208'],
  ] as const)('of a program are kept as far as %s supports them', (level, code) => {
    const style = parseStyledText('\x1b[38;5;208mx').changes[0]?.style;
    const painted = style && createTheme(level, null).paintStyled(style, 'plain', 'x');
    expect(painted).toBe(`\x1b[${code}mx\x1b[0m`);
  });
});
