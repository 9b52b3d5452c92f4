import { expect, test } from 'vitest';
import { copySequence } from '../../../src/tui/terminal/clipboard.ts';

test('copies by OSC 52', () => {
  expect(copySequence('web', { TERM: 'xterm' })).toBe('\x1b]52;c;d2Vi\x07');
});

test('passes the sequence through GNU screen, in parts that it takes', () => {
  const text = 'x'.repeat(1000);
  const sequence = copySequence(text, { TERM: 'screen', STY: '1.pts-0' });
  const parts = sequence.split('\x1b\\').filter((part) => part !== '');
  expect(parts.length).toBeGreaterThan(3);
  expect(parts.every((part) => part.startsWith('\x1bP') && part.length < 256)).toBe(true);
  expect(parts.map((part) => part.slice(2)).join('')).toBe(copySequence(text, { TERM: 'xterm' }));
});
