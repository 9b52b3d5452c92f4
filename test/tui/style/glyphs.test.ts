import { expect, test } from 'vitest';
import { chooseGlyphs } from '../../../src/tui/style/glyphs.ts';

test.each([
  [{ LANG: 'en_US.UTF-8' }, '●'],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, '*'],
  [{ LC_CTYPE: 'C.utf8', LANG: 'C' }, '●'],
  [{}, '*'],
  [{ LANG: 'en_US.UTF-8', TERM: 'linux' }, '*'],
  [{ LANG: 'en_US.UTF-8', TERM: 'linux-16color' }, '*'],
  [{ LANG: 'C', TERM: 'xterm-256color' }, '*'],
  [{ LC_ALL: 'POSIX', LANG: 'en_US.UTF-8' }, '*'],
])('in the environment %j, the symbol of a running program is %s', (env, dot) => {
  expect(chooseGlyphs(false, env).dot).toBe(dot);
});
