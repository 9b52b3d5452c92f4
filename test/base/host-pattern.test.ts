import { describe, expect, test } from 'vitest';
import { isLoopback, kindOfHostPattern, matchesHost, normalizeAddress } from '../../src/base/host-pattern.ts';

describe('host patterns', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1', [], true],
    ['127.0.0.1', '::ffff:127.0.0.1', [], true],
    ['localhost', '127.0.0.1', [], true],
    ['localhost', '::1', [], true],
    ['localhost', '10.0.0.1', ['localhost'], true],
    ['192.168.1.*', '192.168.1.77', [], true],
    ['192.168.1.*', '192.168.2.77', [], false],
    ['192.168.1.*', '192.168.1.7.evil', [], false],
    ['10.0.*.*', '10.0.3.4', [], true],
    ['10.0.*.*', '10.1.3.4', [], false],
    ['*.*.*.*', '10.1.3.4', [], false],
    ['10.0.0.1', '1010.0.0.1', [], false],
    ['10.0.0.1', '10x0x0x1', [], false],
    ['::1', '::1', [], true],
    ['fe80::1', 'fe80::1%eth0', [], true],
    ['*.example.com', '10.0.0.1', ['a.example.com'], true],
    ['*.example.com', '10.0.0.1', ['A.Example.COM'], true],
    ['*.example.com', '10.0.0.1', ['example.com'], false],
    ['*.example.com', '10.0.0.1', ['a.b.example.com'], false],
    ['*.example.com', '10.0.0.1', ['a.example.com.evil.org'], false],
    ['server-*.local', '10.0.0.1', ['server-7.local'], true],
    ['server-*.local', '10.0.0.1', ['server-7.evil.local'], false],
    ['192.168.1.*', '10.0.0.1', ['192.168.1.9'], false],
    ['*', '10.0.0.1', ['a'], false],
  ])('the pattern %s matches the address %s with the names %j: %s', (pattern, address, names, fits) => {
    expect(matchesHost(pattern, { address, names })).toBe(fits);
  });

  test.each(['*', '*.*', '1.2.3', '300.1.1.1', '1.2.3.4.5', 'a b', '', '-', '..', 'http://x', '10.*'])(
    '"%s" is not a host pattern',
    (text) => {
      expect(kindOfHostPattern(text)).toBeNull();
    },
  );

  test.each([
    ['127.0.0.1', true],
    ['127.8.9.1', true],
    ['127.999.1.1', false],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['128.0.0.1', false],
    ['1.127.0.0', false],
  ])('%s is loopback: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });

  test('an address has one canonical form', () => {
    expect(normalizeAddress('::FFFF:10.0.0.1')).toBe('10.0.0.1');
    expect(normalizeAddress('FE80::1%lo')).toBe('fe80::1');
  });
});
