import { matchesHost, normalizeAddress } from '../../base/host-pattern.ts';

export interface Origin {
  readonly address: string;
  /** Forwarded by a proxy that is not configured. */
  readonly isForwarded: boolean;
}

/**
 * Returns the address that a request comes from. `X-Forwarded-For` counts only from configured proxies, and only the part
 * that they added: everything further left was written by the caller.
 *
 * @param forwardedFor null without any header of a proxy; empty if other proxy headers were sent
 */
export function originOf(peer: string, forwardedFor: string | null, proxies: readonly string[]): Origin {
  const isProxy = (address: string): boolean => proxies.some((proxy) => matchesHost(proxy, { address, names: [] }));
  const peerAddress = normalizeAddress(peer);
  if (forwardedFor === null) return { address: peerAddress, isForwarded: false };
  if (!isProxy(peerAddress)) return { address: peerAddress, isForwarded: true };
  const hops = forwardedFor.split(',').map((hop) => normalizeAddress(hop.trim()));
  const address = hops.findLast((hop) => !isProxy(hop));
  // A proxy that does not name the caller leaves the caller unknown.
  const isKnown = address !== undefined && /^[0-9a-f.:]+$/.test(address);
  return { address: isKnown ? address : peerAddress, isForwarded: !isKnown };
}
