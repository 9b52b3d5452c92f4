import { expect, test } from 'vitest';
import { chooseGlyphs } from '../../src/tui/glyphs.ts';

test.each([
  [{ LANG: 'en_US.UTF-8' }, '●'],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, '*'],
  [{ LC_CTYPE: 'C.utf8', LANG: 'C' }, '●'],
  [{}, '*'],
])('the locale %j draws a running program with %s', (env, dot) => {
  expect(chooseGlyphs(false, env).dot).toBe(dot);
});
