import { matchesHost, normalizeAddress } from '../../base/host-pattern.ts';

export interface Origin {
  readonly address: string;
  /** Somebody says that they pass the request on who was not configured as a proxy. */
  readonly isForwarded: boolean;
}

/**
 * The address that a request comes from. What `X-Forwarded-For` says counts only from proxies that are configured, and
 * of its list only what these have added: all that stands further left was written by the caller.
 * @param forwardedFor null without any header of a proxy; the empty text where others than X-Forwarded-For were sent
 */
export function originOf(peer: string, forwardedFor: string | null, proxies: readonly string[]): Origin {
  const isProxy = (address: string): boolean => proxies.some((proxy) => matchesHost(proxy, { address, names: [] }));
  const peerAddress = normalizeAddress(peer);
  if (forwardedFor === null) return { address: peerAddress, isForwarded: false };
  if (!isProxy(peerAddress)) return { address: peerAddress, isForwarded: true };
  const hops = forwardedFor.split(',').map((hop) => normalizeAddress(hop.trim()));
  const address = hops.findLast((hop) => !isProxy(hop));
  // A proxy that does not say for whom it speaks leaves us with nobody.
  const isKnown = address !== undefined && /^[0-9a-f.:]+$/.test(address);
  return { address: isKnown ? address : peerAddress, isForwarded: !isKnown };
}
