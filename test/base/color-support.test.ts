import { expect, test } from 'vitest';
import { type ColorLevel, detectColor } from '../../src/base/color-support.ts';

type Question = Parameters<typeof detectColor>[0];
const XTERM = { TERM: 'xterm-256color' };

test.each<[string, Question, ColorLevel]>([
  ['never overrides FORCE_COLOR', { flag: 'never', env: { ...XTERM, FORCE_COLOR: '3' }, isTty: true }, 'none'],
  ['always overrides NO_COLOR', { flag: 'always', env: { ...XTERM, NO_COLOR: '1' }, isTty: false }, '256'],
  ['always uses at least 16 colors', { flag: 'always', env: {}, isTty: false }, '16'],
  ['NO_COLOR overrides FORCE_COLOR', { flag: 'auto', env: { NO_COLOR: '1', FORCE_COLOR: '1' }, isTty: true }, 'none'],
  ['an empty NO_COLOR has no effect', { flag: 'auto', env: { ...XTERM, NO_COLOR: '' }, isTty: true }, '256'],
  ['FORCE_COLOR=1 applies to a pipe', { flag: 'auto', env: { FORCE_COLOR: '1' }, isTty: false }, '16'],
  ['FORCE_COLOR=3 selects true color', { flag: 'auto', env: { FORCE_COLOR: '3' }, isTty: false }, 'truecolor'],
  ['FORCE_COLOR=0 turns colors off', { flag: 'auto', env: { ...XTERM, FORCE_COLOR: '0' }, isTty: true }, 'none'],
  ['an empty FORCE_COLOR turns colors on', { flag: 'auto', env: { ...XTERM, FORCE_COLOR: '' }, isTty: false }, '256'],
  ['CLICOLOR_FORCE turns colors on', { flag: 'auto', env: { CLICOLOR_FORCE: '1' }, isTty: false }, '16'],
  ['CLICOLOR_FORCE=0 does not turn colors on', { flag: 'auto', env: { CLICOLOR_FORCE: '0' }, isTty: false }, 'none'],
  ['a pipe has no colors', { flag: 'auto', env: { ...XTERM, COLORTERM: 'truecolor' }, isTty: false }, 'none'],
  [
    'a dumb terminal has no colors',
    { flag: 'auto', env: { TERM: 'dumb', COLORTERM: 'truecolor' }, isTty: true },
    'none',
  ],
  ['COLORTERM overrides TERM', { flag: 'auto', env: { ...XTERM, COLORTERM: '24bit' }, isTty: true }, 'truecolor'],
  ['TERM names 256 colors', { flag: 'auto', env: { TERM: 'tmux-256color' }, isTty: true }, '256'],
  ['TERM names direct color', { flag: 'auto', env: { TERM: 'xterm-direct' }, isTty: true }, 'truecolor'],
  ['xterm has 256 colors', { flag: 'auto', env: { TERM: 'xterm' }, isTty: true }, '256'],
  ['screen has 256 colors', { flag: 'auto', env: { TERM: 'screen.xterm' }, isTty: true }, '256'],
  ['xterm-16color has 16 colors', { flag: 'auto', env: { TERM: 'xterm-16color' }, isTty: true }, '16'],
  ['kitty has true color', { flag: 'auto', env: { TERM: 'xterm-kitty' }, isTty: true }, 'truecolor'],
  ['ghostty has true color', { flag: 'auto', env: { TERM: 'xterm-ghostty' }, isTty: true }, 'truecolor'],
  ['alacritty has true color', { flag: 'auto', env: { TERM: 'alacritty' }, isTty: true }, 'truecolor'],
  ['foot has true color', { flag: 'auto', env: { TERM: 'foot-extra' }, isTty: true }, 'truecolor'],
  ['wezterm has true color', { flag: 'auto', env: { TERM: 'wezterm' }, isTty: true }, 'truecolor'],
  ['any other terminal has 16 colors', { flag: 'auto', env: { TERM: 'linux' }, isTty: true }, '16'],
])('%s', (_name, question, level) => {
  expect(detectColor(question)).toBe(level);
});
