import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatMailbox, type Mailbox, parseMailboxes } from '../../../src/config/alerts/mail-addresses.ts';

const box = (address: string, name = ''): Mailbox => ({ address, name });

test.each<[string, readonly Mailbox[]]>([
  ['ops@example.com', [box('ops@example.com')]],
  ['Ops <ops@example.com>', [box('ops@example.com', 'Ops')]],
  ['<ops@example.com>', [box('ops@example.com')]],
  ['"Team, Ops" <ops@example.com>, night@example.com', [box('ops@example.com', 'Team, Ops'), box('night@example.com')]],
  ['ops@example.com; night@example.com', [box('ops@example.com'), box('night@example.com')]],
  ['ops@example.com, ', [box('ops@example.com')]],
  ['ops@example.com,', [box('ops@example.com')]],
  ['ops@example.com, ops@example.com', [box('ops@example.com')]],
  ['Jörg <jörg@bücher.example>', [box('jörg@bücher.example', 'Jörg')]],
  ['"Say \\"hi\\"" <a@b>', [box('a@b', 'Say "hi"')]],
])('%j is read as %j', (text, expected) => {
  expect(parseMailboxes(text)).toEqual(expected);
});

test.each([
  'root',
  '',
  ' ',
  ',',
  ',a@b',
  'a@b,,c@d',
  'a b@c',
  'a@b c@d',
  'a@b\tnobody',
  'Ops <ops@example.com> nobody',
  '"a@b',
  'a@b"',
  'a@b\r\nBcc: c@d',
  'a@b@c',
  'a@[127.0.0.1]',
  '<>',
  'Ops <>',
])('%j is not an address', (text) => {
  expect(parseMailboxes(text)).toBe('write a mail address such as name@example.com');
});

test('of several addresses, the wrong one is named', () => {
  expect(parseMailboxes('a@b, root, c@d')).toBe('address 2 of 3: write a mail address such as name@example.com');
});

test('no text is read as an address that ends a header or another address', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from('ab@<>,;:"\\() \r\n\t.ä')) }), (text) => {
      const parsed = parseMailboxes(text);
      if (typeof parsed === 'string') return;
      for (const { address } of parsed) expect(address).toMatch(/^[^\s<>,;:"\\()@]+@[^\s<>,;:"\\()@]+$/);
      expect(parseMailboxes(parsed.map(formatMailbox).join(', '))).toEqual(parsed);
    }),
    { numRuns: 2_000 },
  );
});
