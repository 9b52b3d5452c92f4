import { isLoopback } from '../../base/host-pattern.ts';

/** The groups of an IPv6 address that identify a network; a single customer usually has a whole network. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/**
 * Returns what limits per caller apply to: the user, on this machine, where everybody has millions of addresses; the network
 * of an IPv6 address; else the address.
 * @param address without zone, as `normalizeAddress` returns it
 * @param userId who owns the other end of a connection within this machine; null if unknown
 */
export function callerKey(address: string, userId: number | null): string {
  if (isLoopback(address)) return userId === null ? 'this machine' : `user ${String(userId)}`;
  return address.includes(':') ? networkOf(address) : address;
}

function networkOf(address: string): string {
  const [start = '', end] = address.split('::');
  const before = groupsOf(start);
  const after = end === undefined ? [] : groupsOf(end);
  const gap = Array.from({ length: Math.max(0, GROUPS - before.length - after.length) }, () => '0');
  const groups = [...before, ...(end === undefined ? [] : gap), ...after].map((group) => group.replace(/^0+(?=.)/, ''));
  return `${groups.slice(0, NETWORK_GROUPS).join(':')}::/64`;
}

function groupsOf(part: string): readonly string[] {
  return part === '' ? [] : part.split(':');
}
