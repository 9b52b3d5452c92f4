import { expect, test } from 'vitest';
import { type ColorLevel, detectColor } from '../../src/base/color-support.ts';

type Question = Parameters<typeof detectColor>[0];
const XTERM = { TERM: 'xterm-256color' };

test.each<[string, Question, ColorLevel]>([
  ['never wins over FORCE_COLOR', { flag: 'never', env: { ...XTERM, FORCE_COLOR: '3' }, isTty: true }, 'none'],
  ['always wins over NO_COLOR', { flag: 'always', env: { ...XTERM, NO_COLOR: '1' }, isTty: false }, '256'],
  ['always gives at least 16', { flag: 'always', env: {}, isTty: false }, '16'],
  ['NO_COLOR wins over FORCE_COLOR', { flag: 'auto', env: { NO_COLOR: '1', FORCE_COLOR: '1' }, isTty: true }, 'none'],
  ['an empty NO_COLOR says nothing', { flag: 'auto', env: { ...XTERM, NO_COLOR: '' }, isTty: true }, '256'],
  ['FORCE_COLOR=1 works in a pipe', { flag: 'auto', env: { FORCE_COLOR: '1' }, isTty: false }, '16'],
  ['FORCE_COLOR=3 gives true colour', { flag: 'auto', env: { FORCE_COLOR: '3' }, isTty: false }, 'truecolor'],
  ['FORCE_COLOR=0 takes colours away', { flag: 'auto', env: { ...XTERM, FORCE_COLOR: '0' }, isTty: true }, 'none'],
  ['an empty FORCE_COLOR forces', { flag: 'auto', env: { ...XTERM, FORCE_COLOR: '' }, isTty: false }, '256'],
  ['CLICOLOR_FORCE forces', { flag: 'auto', env: { CLICOLOR_FORCE: '1' }, isTty: false }, '16'],
  ['CLICOLOR_FORCE=0 does not', { flag: 'auto', env: { CLICOLOR_FORCE: '0' }, isTty: false }, 'none'],
  ['a pipe gets none', { flag: 'auto', env: { ...XTERM, COLORTERM: 'truecolor' }, isTty: false }, 'none'],
  ['a dumb terminal gets none', { flag: 'auto', env: { TERM: 'dumb', COLORTERM: 'truecolor' }, isTty: true }, 'none'],
  ['COLORTERM goes before TERM', { flag: 'auto', env: { ...XTERM, COLORTERM: '24bit' }, isTty: true }, 'truecolor'],
  ['TERM tells 256', { flag: 'auto', env: { TERM: 'tmux-256color' }, isTty: true }, '256'],
  ['TERM tells direct colour', { flag: 'auto', env: { TERM: 'xterm-direct' }, isTty: true }, 'truecolor'],
  ['any other terminal has 16', { flag: 'auto', env: { TERM: 'linux' }, isTty: true }, '16'],
])('%s', (_name, question, level) => {
  expect(detectColor(question)).toBe(level);
});
