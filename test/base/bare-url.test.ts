import { expect, test } from 'vitest';
import { bareUrl } from '../../src/base/bare-url.ts';

test.each([
  ['https://example.com/hook', 'https://example.com/hook'],
  ['https://user:secret@example.com/hook', 'https://example.com/hook'],
  ['https://token@example.com', 'https://example.com'],
  ['https://example.com/hook?token=secret', 'https://example.com/hook'],
  ['https://example.com/hook#secret', 'https://example.com/hook'],
  ['https://a:b@example.com/x?y=1#z', 'https://example.com/x'],
  ['https://a@b@example.com/', 'https://example.com/'],
  ['https://example.com/a@b', 'https://example.com/a@b'],
  ['HTTPS://User:Pw@Example.com', 'HTTPS://Example.com'],
  ['not a url', 'not a url'],
])('%s is shown as %s', (url, bare) => {
  expect(bareUrl(url)).toBe(bare);
});
