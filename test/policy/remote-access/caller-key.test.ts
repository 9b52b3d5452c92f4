import { expect, test } from 'vitest';
import { callerKey } from '../../../src/policy/remote-access/caller-key.ts';

test.each([
  ['10.0.0.1', null, '10.0.0.1'],
  ['127.0.0.1', 1000, 'user 1000'],
  ['127.200.3.4', 1000, 'user 1000'],
  ['::1', 0, 'user 0'],
  ['127.0.0.1', null, 'this machine'],
  ['2001:db8:1:2:3:4:5:6', null, '2001:db8:1:2::/64'],
  ['2001:db8:1:2:ffff::1', null, '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::1', null, '2001:db8:1:2::/64'],
  ['2001:db8::1', null, '2001:db8:0:0::/64'],
  ['::2', null, '0:0:0:0::/64'],
])('limits per caller apply to %s of user %s as "%s"', (address, userId, key) => {
  expect(callerKey(address, userId)).toBe(key);
});
