import { expect, test } from 'vitest';
import { formatMb } from '../../src/base/size.ts';

test.each([
  [0, '0.0 MB'],
  [48.24, '48.2 MB'],
  [99.94, '99.9 MB'],
  [99.96, '100 MB'],
  [512, '512 MB'],
  [999.6, '1.0 GB'],
  [1945.6, '1.9 GB'],
  [204_800, '200 GB'],
])('formats %d MB as %s', (mb, text) => {
  expect(formatMb(mb)).toBe(text);
});
