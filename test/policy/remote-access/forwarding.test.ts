import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { originOf } from '../../../src/policy/remote-access/forwarding.ts';

const PROXIES = ['10.0.0.1', '10.0.1.*'];

describe('the origin of a request', () => {
  test.each<[string, string, string | null, string, boolean]>([
    ['is the address of the connection if there are no proxy headers', '192.0.2.9', null, '192.0.2.9', false],
    ['is the proxy itself if it sends no headers', '10.0.0.1', null, '10.0.0.1', false],
    ['is unknown if an unknown proxy forwards', '192.0.2.9', '203.0.113.5', '192.0.2.9', true],
    ['is unknown if an unknown proxy sends another proxy header', '192.0.2.9', '', '192.0.2.9', true],
    ['is the address that a proxy names', '10.0.0.1', '203.0.113.5', '203.0.113.5', false],
    ['is the last hop that is not a proxy', '10.0.0.1', '203.0.113.5, 10.0.1.7', '203.0.113.5', false],
    ['ignores addresses added by the caller', '10.0.0.1', '127.0.0.1, 203.0.113.5', '203.0.113.5', false],
    [
      'ignores addresses added by the caller before an unknown proxy',
      '10.0.0.1',
      '127.0.0.1, 198.51.100.7, 10.0.1.7',
      '198.51.100.7',
      false,
    ],
    ['is unknown if a proxy names only proxies', '10.0.0.1', '10.0.1.7, 10.0.1.8', '10.0.0.1', true],
    ['is unknown if a proxy names none', '10.0.0.1', '', '10.0.0.1', true],
    ['is unknown if a proxy names something else', '10.0.0.1', 'unknown', '10.0.0.1', true],
    ['is unknown if a proxy names a host', '10.0.0.1', 'caller.example.com', '10.0.0.1', true],
    ['is unknown if a proxy adds a port', '10.0.0.1', '[2001:db8::1]:443', '10.0.0.1', true],
    ['may be an IPv6 address', '10.0.0.1', '2001:DB8::1', '2001:db8::1', false],
    ['is IPv4 if it is mapped to IPv6', '::ffff:10.0.0.1', '::ffff:203.0.113.5', '203.0.113.5', false],
    ['tolerates spaces', '10.0.0.1', ' 203.0.113.5 ,10.0.1.7 ', '203.0.113.5', false],
    ['does not treat an address next to that of a proxy as a proxy', '10.0.2.7', '203.0.113.5', '10.0.2.7', true],
  ])('%s', (_what, peer, forwardedFor, address, isForwarded) => {
    expect(originOf(peer, forwardedFor, PROXIES)).toEqual({ address, isForwarded });
  });

  test('never depends on text that a caller added in front', () => {
    const anyText = fc.string({ maxLength: 40 });
    fc.assert(
      fc.property(anyText, (text) => {
        expect(originOf('10.0.0.1', `${text}, 203.0.113.5`, PROXIES)).toEqual({
          address: '203.0.113.5',
          isForwarded: false,
        });
      }),
    );
  });

  test('is never read from the headers of an address that is not a proxy', () => {
    fc.assert(
      fc.property(fc.option(fc.string({ maxLength: 40 }), { nil: null }), (forwardedFor) => {
        expect(originOf('192.0.2.9', forwardedFor, PROXIES).address).toBe('192.0.2.9');
      }),
    );
  });
});
